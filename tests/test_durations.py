"""Durations are read as seconds, and only where seconds are meant."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.durations import SECONDS, in_seconds


def read(text: str) -> object:
    node = in_seconds(yaml.compose(text, yaml.SafeLoader))
    return yaml.safe_load(yaml.serialize(node))


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("pause_s: 10m", {"pause_s": "600"}),
        ("pause_s: 1.5h", {"pause_s": "5400"}),
        ("after_s: {busy: 2h, left: 90}", {"after_s": {"busy": "7200", "left": 90}}),
        ("rules: [{pause_s: 1d, name: 1d}]", {"rules": [{"pause_s": "86400", "name": "1d"}]}),
        ("times_s: [1m, 2m]", {"times_s": ["60", "120"]}),
        ("pause_s: 10 m", {"pause_s": "10 m"}),
        ("pause_s: 10w", {"pause_s": "10w"}),
        ("pause_s: -1m", {"pause_s": "-1m"}),
        ("name: 10m", {"name": "10m"}),
        ("[1m]: 2m", {}),
    ],
)
def test_what_a_page_means(text: str, page: dict[str, object]) -> None:
    if text.startswith("["):  # no page of settings; whoever reads it says so
        in_seconds(yaml.compose(text, yaml.SafeLoader))
    else:
        assert read(text) == page


@given(st.integers(0, 10**6), st.sampled_from(sorted(SECONDS)))
def test_whole_numbers_are_exact(count: int, unit: str) -> None:
    (seconds,) = read(f"x_s: {count}{unit}").values()  # type: ignore[attr-defined]
    assert int(seconds) == count * SECONDS[unit]
