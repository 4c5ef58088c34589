"""Auth templates over HTTP: one file per operation."""
