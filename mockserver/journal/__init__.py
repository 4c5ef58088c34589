"""Exchanges: what came in, what went out, and why."""
