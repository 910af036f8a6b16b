"""Durations in files: `10m`, `2h` and `1d` stand for seconds under any key that ends in _s."""

from __future__ import annotations

import re

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([smhd])")


def in_seconds(node: Node, is_time: bool = False) -> Node:
    """The same page with seconds where durations stood; what is no duration stays as it is, for
    whoever reads the page to name it."""
    if isinstance(node, MappingNode):
        node.value = [
            (key, in_seconds(value, is_time or _is_time(key))) for key, value in node.value
        ]
    elif isinstance(node, SequenceNode):
        node.value = [in_seconds(item, is_time) for item in node.value]
    elif is_time and isinstance(node, ScalarNode):
        node.value = _seconds(node.value)
    return node


def _is_time(key: Node) -> bool:
    return isinstance(key, ScalarNode) and key.value.endswith("_s")


def _seconds(text: str) -> str:
    found = _DURATION.fullmatch(text)
    return f"{float(found[1]) * SECONDS[found[2]]:.6f}".rstrip("0").rstrip(".") if found else text
