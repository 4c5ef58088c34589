"""The contract, fuzzed."""
