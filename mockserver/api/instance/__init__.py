"""The instance itself over HTTP."""
