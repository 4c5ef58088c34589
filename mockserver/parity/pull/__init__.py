"""Read an organization of the service as fixtures, with GET requests alone and without its secrets."""
