"""`python -m ccdialer`: the same as the command `ccdialer`."""

from ccdialer.cli import main

main()
