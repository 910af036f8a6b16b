"""A setting tells its sentence and its limits to whoever reads files."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ccdialer.core.telling import told


@dataclass(frozen=True)
class Lamp:
    watts: int = told(40, "How bright it is.", least=1, most=100)


def test_a_setting_has_its_default_and_tells_its_rules() -> None:
    assert Lamp().watts == 40
    assert dict(fields(Lamp)[0].metadata) == {"doc": "How bright it is.", "least": 1, "most": 100}
