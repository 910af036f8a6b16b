"""ARI against a real Asterisk, and its words on paper."""
