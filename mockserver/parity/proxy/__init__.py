"""A proxy before another server: it forwards requests, checks both sides of each exchange, and keeps a journal."""
