"""The service's Kubernetes Auth: stored record, requests and rules. No I/O."""
