"""The walker from YAML to dataclasses, on a schema of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import yaml

from ccdialer.schema import Source, documents, example, plain, read, setting


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Inner:
    size: int = setting(1, "How big it is.", least=1)


@dataclass(frozen=True, slots=True)
class Outer:
    name: str = field(metadata={"doc": "Its name."})
    inner: Inner = field(default_factory=Inner, metadata={"doc": "What is in it."})
    color: Color = setting(Color.RED, "Its color.")
    limit: float | None = setting(None, "Its limit.")
    tags: tuple[Color, ...] = setting((), "Its tags.")
    sizes: dict[Color, int] = setting({}, "Sizes by color.", most=9)


def outer(folder: Path, text: str) -> tuple[Outer | None, list[str]]:
    path = folder / "outer.yaml"
    path.write_text(text)
    source = Source("outer.yaml")
    return read(documents(path)[0], Outer, source), source.faults


def test_reads_every_type(tmp_path: Path) -> None:
    text = "name: a\ninner: {size: 2}\ncolor: blue\nlimit: 1e1\ntags: [red]\nsizes: {blue: 3}\n"
    wanted = Outer("a", Inner(2), Color.BLUE, 10.0, (Color.RED,), {Color.BLUE: 3})
    assert outer(tmp_path, text) == (wanted, [])
    assert outer(tmp_path, "name: a\nlimit: ~\n")[0] == Outer("a")


def test_names_every_fault(tmp_path: Path) -> None:
    value, faults = outer(tmp_path, "inner: {size: 0}\nsizes: {green: 3, red: 10}\ntags: [pink]\n")
    assert value is None
    assert faults == [
        'outer.yaml:1: inner.size: expected 1 or more, found "0"',
        "outer.yaml:2: sizes.green: unknown key; expected one of red, blue",
        'outer.yaml:2: sizes: expected 9 or less, found "10"',
        "outer.yaml:3: tags: expected one of red, blue, found a list",
        "outer.yaml:1: name: missing: Its name.",
    ]


def test_a_dollar_is_a_dollar_without_an_environment(tmp_path: Path) -> None:
    value, _ = outer(tmp_path, "name: '${EXTEN}'\n")
    assert value is not None
    assert value.name == "${EXTEN}"


def test_the_example_reads_back() -> None:
    assert yaml.safe_load(example(Inner)) == {"size": 1}
    assert plain({Color.RED: (1.0, 0.5)}) == {"red": [1, 0.5]}


@dataclass(frozen=True, slots=True)
class Pair:
    low: int = setting(1, "The lower.")
    high: int = setting(9, "The upper.")

    def mistake(self) -> str:
        return "low is above high" if self.low > self.high else ""


@dataclass(frozen=True, slots=True)
class Nested:
    pair: Pair = field(default=Pair(2, 8), metadata={"doc": "One.", "alone": "low"})
    pairs: tuple[Pair, ...] = setting((), "Many.")
    shares: dict[float, float] = setting({0.0: 0.5}, "By hour.", most=1, alone=0)


def nested(folder: Path, text: str) -> tuple[Nested | None, list[str]]:
    (folder / "n.yaml").write_text(text)
    source = Source("n.yaml")
    return read(documents(folder / "n.yaml")[0], Nested, source), source.faults


def test_a_value_alone_stands_for_its_section(tmp_path: Path) -> None:
    wanted = Nested(Pair(3, 8), shares={0.0: 0.25})
    assert nested(tmp_path, "pair: 3\nshares: 0.25\n") == (wanted, [])


def test_what_is_not_given_is_as_in_the_default_of_its_place(tmp_path: Path) -> None:
    value, _ = nested(tmp_path, "pair: {high: 5}\npairs: [{high: 5}]\n")
    assert value == Nested(Pair(2, 5), (Pair(1, 5),))


def test_what_does_not_go_together_is_named_where_it_stands(tmp_path: Path) -> None:
    text = "pair: 12\npairs:\n- {low: 3}\n- {low: 10}\nshares: 2\n"
    assert nested(tmp_path, text)[1] == [
        "n.yaml:1: pair: low is above high",
        "n.yaml:4: pairs[2]: low is above high",
        'n.yaml:5: shares: expected 1 or less, found "2"',
    ]
