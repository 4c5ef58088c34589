"""The vendor's Token Auth: record, tokens, rules. Pure."""
