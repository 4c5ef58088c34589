"""Rate limits: their values, and the rule about them."""
