"""ccdialer: the open-source contact-centre engine for Asterisk."""

__version__ = "0.1.0"
