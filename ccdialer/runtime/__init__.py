"""Wires the rooms together; nothing here decides anything about calls."""
