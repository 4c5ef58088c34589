"""Sub-organizations: organizations below a root organization. Pure."""
