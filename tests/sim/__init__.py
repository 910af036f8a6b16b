"""The simulator: seeded people, lines, staff, and the real core among them."""
