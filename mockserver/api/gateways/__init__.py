"""Gateways over HTTP."""
