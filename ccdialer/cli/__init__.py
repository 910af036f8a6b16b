"""The command line: click, one module per noun; `main` is the console script `ccdialer`."""

from ccdialer.cli.root import main

__all__ = ["main"]
