"""The server, its connections and the two ways in which a request is answered."""
