"""Fault injection: which faults a world has, which requests they affect, and how they are applied."""
