"""Another server against the mock: scripts of requests, the comparison of answers, and the report."""
