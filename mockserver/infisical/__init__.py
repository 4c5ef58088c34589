"""The service's domain: records, operations and their rules. No HTTP, no clock, no files."""
