"""Universal Auth: record, client secrets, lockout, rules. Pure."""
