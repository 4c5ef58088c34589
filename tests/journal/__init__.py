"""The journal: explanations, verdicts, the critic, streams."""
