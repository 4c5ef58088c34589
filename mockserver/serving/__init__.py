"""The sockets: server, connections and their limits."""
