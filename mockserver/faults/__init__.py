"""Faults of a world: what is to go wrong, for which requests, when, and how it is done to them."""
