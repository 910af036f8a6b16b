"""A real Asterisk with SIPp as carrier and as agents' phones: for tests, the demo and the bench."""
