"""Fixtures: from YAML to the state of a world, and back."""
