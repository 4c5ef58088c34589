"""The control API under /_mock: one file per resource."""
