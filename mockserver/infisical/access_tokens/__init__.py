"""Access tokens and the authentication of callers. Pure."""
