"""What a rule is, and how an ordered list of rules is checked. Knows no rule of the service."""
