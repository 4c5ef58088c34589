"""What the requests of a test run have met of all that the contract and the rules can come to."""
