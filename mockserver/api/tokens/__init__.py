"""Access tokens over HTTP: one file per operation."""
