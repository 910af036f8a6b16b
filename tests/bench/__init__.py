"""What ccdialer costs, measured against the barest program that does the same work."""
