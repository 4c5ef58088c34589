"""Auth templates: named connection settings that Kubernetes Auths of an organization are linked to. Pure."""
