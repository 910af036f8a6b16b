"""A second world for the very same core: seeded people, a clock that jumps, no telephone."""
