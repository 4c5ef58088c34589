"""The vendor-facing HTTP: pipeline, and one file per operation."""
