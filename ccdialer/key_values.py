"""`KEY=VALUE` words into a page of YAML, so that what is typed is read like what is in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml
from yaml.nodes import Node

from ccdialer.errors import ConfigError
from ccdialer.schema import Source, composed

WHERE = "--set"


def page_of_words(words: Iterable[str], example: str) -> Node:
    """`a=1` and `b.c=2` as the mapping that a file would hold; `example` is shown to who forgets
    the sign. Raises ConfigError."""
    page: dict[str, Any] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign:
            raise ConfigError([f'{WHERE} {word}: expected KEY=VALUE, as in "{example}"'])
        section, dot, name = key.strip().partition(".")
        if dot:
            below = page.get(section)
            page[section] = {**(below if isinstance(below, dict) else {}), name: value.strip()}
        else:
            page[section] = value.strip()
    (node,) = composed(WHERE, yaml.safe_dump(page))
    return node


def faults_of(source: Source) -> list[str]:
    """The faults of such a page: it has no lines that anybody has seen."""
    return [re.sub(rf"^{WHERE}:\d+:", WHERE, fault) for fault in source.faults]
