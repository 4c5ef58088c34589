"""The vendor's Kubernetes Auth: record, change, rules. Pure."""
