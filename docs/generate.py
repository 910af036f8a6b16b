"""Writes the pages of docs/ that are made of the code; `--check` only names the stale ones."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from types import ModuleType

from ccdialer.core import agent, attempt, disposition, task

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "ccdialer"
NOTE = "<!-- Written by docs/generate.py: change the code, then run `make docs`. -->"


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# -- rooms.md ----------------------------------------------------------------------------------


def sign_of(path: Path) -> str:
    """The first paragraph of a module's docstring, in one line."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.split("\n\n")[0].split())


def room(folder: Path) -> str:
    modules = sorted(folder.glob("*.py"))
    rows = [
        (f"`{path.relative_to(PACKAGE)}`", sign_of(path))
        for path in modules
        if path.name != "__init__.py"
    ]
    title = f"## {folder.relative_to(PACKAGE.parent)}/"
    door = folder / "__init__.py"
    parts = [title, sign_of(door) if door.exists() else "", table(("file", "what it does"), rows)]
    return "\n\n".join(part for part in parts if part)


def rooms() -> str:
    folders = [PACKAGE, *sorted(path.parent for path in PACKAGE.glob("*/**/__init__.py"))]
    with_modules = [f for f in folders if any(p.name != "__init__.py" for p in f.glob("*.py"))]
    return page(
        "Rooms",
        "Which file to open for which symptom: the first sentence of every module.",
        *(room(folder) for folder in with_modules),
    )


# -- lifecycles.md -----------------------------------------------------------------------------

MEANING = re.compile(r"^ +[A-Z_]+ = \"(\w+)\" +# (.+)$", re.MULTILINE)


def meanings(module: ModuleType) -> dict[str, str]:
    """Value of an enum's member -> the comment behind it."""
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    return dict(MEANING.findall(source))


def diagram(moves: Mapping[tuple[StrEnum, StrEnum], StrEnum]) -> str:
    """A mermaid state diagram; moves that lead the same way share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, move), target in moves.items():
        arrows.setdefault((state, target), []).append(move)
    states = type(next(iter(moves.values())))
    sources = {state for state, _ in moves}
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {next(iter(states)).value}"]
    lines += [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in arrows.items()]
    lines += [f"    {state.value} --> [*]" for state in states if state not in sources]
    return "\n".join([*lines, "```"])


def lifecycle(title: str, module: ModuleType, states: type[StrEnum]) -> str:
    comments = meanings(module)
    rows = [(f"`{state.value}`", comments.get(state.value, "")) for state in states]
    sign = sign_of(Path(module.__file__ or ""))
    return "\n\n".join([f"## {title}", sign, table(("state", ""), rows), diagram(module.MOVES)])


def lifecycles() -> str:
    return page(
        "Life cycles",
        "Drawn from the `MOVES` tables of the core. A move that is not in the table is refused.",
        lifecycle("Task", task, task.TaskState),
        lifecycle("Call", attempt, attempt.CallState),
        lifecycle("Agent", agent, agent.AgentState),
    )


# -- dispositions.md ---------------------------------------------------------------------------

PROPERTIES = {
    "live answer": disposition.LIVE,
    "task is done": disposition.FINAL,
    "number is not dialed again": disposition.BAD_NUMBER,
    "not counted as an attempt": disposition.UNCOUNTED,
}


def codes(causes: Mapping[int, disposition.Disposition], result: disposition.Disposition) -> str:
    return ", ".join(str(code) for code in sorted(causes) if causes[code] is result)


def disposition_rows() -> list[tuple[str, ...]]:
    comments = meanings(disposition)
    return [
        (
            f"`{result.value}`",
            comments.get(result.value, ""),
            ", ".join(name for name, members in PROPERTIES.items() if result in members),
            codes(disposition.BY_SIP, result),
            codes(disposition.BY_CAUSE, result),
        )
        for result in disposition.Disposition
    ]


def dispositions() -> str:
    head = ("disposition", "meaning", "what follows", "SIP status", "Q.850 cause")
    return page(
        "Dispositions",
        "The results an attempt can have. The SIP status decides where Asterisk reports one "
        "(22.7 and later); the Q.850 cause decides otherwise. A code in no row becomes `failed`.",
        table(head, disposition_rows()),
    )


# -- all of them -------------------------------------------------------------------------------

PAGES: dict[str, Callable[[], str]] = {
    "rooms.md": rooms,
    "lifecycles.md": lifecycles,
    "dispositions.md": dispositions,
}


def stale() -> dict[str, str]:
    """Pages that are not what the code says, with the text they should have."""
    wanted = {name: write() for name, write in PAGES.items()}
    return {name: text for name, text in wanted.items() if text != read(DOCS / name)}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(words: list[str]) -> int:
    changed = stale()
    if "--check" in words:
        for name in changed:
            print(f"docs/{name} is not what the code says; run `make docs`")
        return 1 if changed else 0
    for name, text in changed.items():
        (DOCS / name).write_text(text, encoding="utf-8")
        print(f"docs/{name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
