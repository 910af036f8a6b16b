"""The pages of docs/: generated ones are fresh, links lead somewhere, decisions keep their form."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_generated_pages_are_what_the_code_says() -> None:
    words = [sys.executable, str(DOCS / "generate.py"), "--check"]
    check = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", [*PAGES, *ROOT.glob("*.md")], ids=shown)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    ours = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert not [link for link in ours if not leads_somewhere(page, link)]


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "index.md"], ids=shown)
def test_every_page_is_in_the_index(page: Path) -> None:
    assert f"({page.relative_to(DOCS).as_posix()})" in (DOCS / "index.md").read_text()


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=shown)
def test_a_decision_says_why_and_what_follows(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name)
    assert text.startswith(f"# {int(page.name[:4])}. ")
    assert re.search(r"^Status: (proposed|accepted|superseded by .+), \d{4}-\d\d-\d\d$", text, re.M)
    assert re.findall(r"^## (\w+)$", text, re.M) == ["Context", "Decision", "Consequences"]


def commands(command: Any, path: str = "ccdialer") -> Iterator[tuple[str, Any]]:
    """Every command that is shown to people, with the words that call it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield from commands(below, f"{path} {name}")


def has_help(parameter: Any) -> bool:
    return parameter.param_type_name == "argument" or parameter.hidden or bool(parameter.help)


def test_every_command_explains_itself() -> None:
    known = dict(commands(import_module("ccdialer.cli").main))
    reference = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert not [path for path, command in known.items() if not command.help]
    assert not [path for path in known if f"\n## {path}\n" not in reference]
    assert not [
        f"{path} {parameter.name}"
        for path, command in known.items()
        for parameter in command.params
        if not has_help(parameter)
    ]
