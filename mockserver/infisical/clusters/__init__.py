"""Simulated clusters, gateways and pools. Pure."""
