"""Fills Jinja2 templates: the project's own, or a site's copy of the same name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import jinja2

from ccdialer.errors import ConfigError

PAGES = Path(__file__).resolve().parent / "templates"
_FORBIDDEN = {"\n": "a line break", "\r": "a line break", ";": "a semicolon", "]": "a bracket ]"}


class Escaped(str):
    """Text that may stand to the right of ` = ` in an Asterisk file, whatever it holds."""

    __slots__ = ()


def escaped(text: str) -> Escaped:
    """The text as Asterisk reads it back from `name = text`. Raises ValueError if it cannot: for
    what is not printable, and for blanks at its ends.

    A semicolon begins a comment unless a backslash stands before it, which Asterisk takes away
    (main/config.c); all else in a value is read as it is.
    """
    if not text.isprintable() or text != text.strip():
        raise ValueError("an Asterisk file cannot hold it")
    return Escaped(text.replace(";", "\\;"))


def template_folder() -> Path:
    """Where the templates for Asterisk lie: `dialplan/` of a checkout, or what pip installed."""
    checkout = Path(__file__).resolve().parent.parent / "dialplan"
    if checkout.is_dir():
        return checkout
    return Path(sys.prefix) / "share" / "ccdialer" / "dialplan"


def render(
    template_name: str, values: Mapping[str, object], overrides_dir: Path | None = None
) -> str:
    """The text of a template with `values` filled in; a file of that name in `overrides_dir` wins.

    Values of an Asterisk file (`*.conf.j2`) may not hold what would end a line, start a comment or
    close a section there, unless they are `escaped`. Raises ConfigError: no such template, a fault
    in it, a value it lacks or one it cannot hold.
    """
    if template_name.endswith(".conf.j2"):
        _refuse_breaking(template_name, values)
    searched = (overrides_dir, template_folder(), PAGES)
    folders = [folder for folder in searched if folder is not None]
    try:
        return _environment(folders).get_template(template_name).render(**values)
    except jinja2.TemplateNotFound as error:
        places = ", ".join(str(folder) for folder in folders)
        raise ConfigError([f"Template {error.name} is not in {places}."]) from None
    except jinja2.TemplateSyntaxError as error:
        where = f"{error.filename or template_name}, line {error.lineno}"
        raise ConfigError([f"{where}: {error.message}. Mend the template."]) from None
    except jinja2.UndefinedError as error:
        raise ConfigError([f"Template {template_name}: {error.message}; give a value."]) from None


def _environment(folders: list[Path]) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=_is_page,
    )


def _is_page(template_name: str | None) -> bool:
    """Whether text must be escaped: in pages, not in configuration files."""
    return template_name is not None and template_name.endswith(".html.j2")


def _refuse_breaking(template_name: str, values: Mapping[str, object]) -> None:
    faults = []
    for name, value in values.items():
        found = [what for sign, what in _FORBIDDEN.items() if _contains(value, sign)]
        if found:
            faults.append(
                f"{template_name}: the value of {name} holds {found[0]}, which would break the "
                f"Asterisk file; write it without."
            )
    if faults:
        raise ConfigError(faults)


def _contains(value: object, sign: str) -> bool:
    if isinstance(value, Escaped):
        return False
    if isinstance(value, str):
        return sign in value
    if isinstance(value, Mapping):
        return any(_contains(part, sign) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return any(_contains(part, sign) for part in value)
    return False
