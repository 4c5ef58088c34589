"""Machine identities over HTTP: one file per operation."""
