"""Every pacing policy on the same days, seeds and people: `make bench-pacing`."""
