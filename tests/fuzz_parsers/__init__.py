"""Bytes that nobody should send, for every parser: `make fuzz-parsers`, and a small part of it in every test run."""
