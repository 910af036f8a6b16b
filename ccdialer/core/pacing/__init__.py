"""Pacing: how many calls to place now. One module per policy, `policies` is their table."""
