"""Isolated states."""
