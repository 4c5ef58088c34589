"""Plain HTTP: responses, request bodies, routes and JSON. Knows nothing of the service."""
