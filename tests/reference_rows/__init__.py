"""The rows of the reference, a module for each part of it."""
