"""Access tokens and who may call. Pure."""
