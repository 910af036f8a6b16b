"""Rules of the trade: no I/O, no clock, no dice of its own, no logging."""
