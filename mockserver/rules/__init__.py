"""Rule and rulebook types, and the walk that checks an ordered list of rules. Contains no rule of the service."""
