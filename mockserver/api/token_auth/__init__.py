"""Token Auth over HTTP: one file per operation."""
