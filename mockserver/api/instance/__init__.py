"""The status of the instance over HTTP."""
