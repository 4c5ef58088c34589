"""Kubernetes Auth over HTTP: one file per operation."""
