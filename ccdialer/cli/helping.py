"""Help lists commands with their whole first sentences, under headings if there are any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

WHOLE = 1000  # characters; click cuts sentences at some 45
TITLE = "Commands"


class Noun(click.Group):
    """A group whose help tells each command's first sentence to its end."""

    sections: Mapping[str, Sequence[str]] = {}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Section by section; what none of them names stands under the usual heading."""
        named = {name for names in self.sections.values() for name in names}
        rest = [name for name in self.list_commands(ctx) if name not in named]
        for title, names in (*self.sections.items(), (TITLE, rest)):
            found = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name, one.get_short_help_str(WHOLE)) for name, one in found if one is not None]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
