"""`ccdialer report`: not yet."""

import click


@click.command()
def report() -> None:
    """Not yet."""
