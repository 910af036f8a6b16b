"""`ccdialer why`: not yet."""

import click


@click.command()
def why() -> None:
    """Not yet."""
