"""Checks the rules of a past request again, and records what they read."""
