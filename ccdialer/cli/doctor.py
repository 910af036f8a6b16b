"""`ccdialer doctor`: not yet."""

import click


@click.command()
def doctor() -> None:
    """Not yet."""
