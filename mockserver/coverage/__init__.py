"""Contract coverage: the statuses, rules, fields and table rows that the requests of a test run have exercised."""
