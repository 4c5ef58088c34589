"""Machine identities and their organizations. Pure."""
