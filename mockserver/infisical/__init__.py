"""The service's domain: records, operations and their rules. Pure: no HTTP, no clock, no files."""
