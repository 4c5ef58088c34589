"""Simulated Kubernetes clusters, gateways and gateway pools. No I/O."""
