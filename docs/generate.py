"""Writes the pages of docs/ that are made of the code; `--check` only names the stale ones."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, is_dataclass
from enum import StrEnum
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from ccdialer import campaign_file, config, crm_settings, provider, schema, trunk_entry
from ccdialer.core import agent, attempt, disposition, retry_rule, routes, task, trunk
from ccdialer.fastagi import finding, rehearsal, script
from ccdialer.sim import laws, scenario

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "ccdialer"
NOTE = "<!-- Written by docs/generate.py: change the code, then run `make docs`. -->"


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def cell(text: str) -> str:
    return text.replace("|", "\\|")


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


# -- config.md, campaign-file.md ---------------------------------------------------------------

KEY_HEAD = ("key", "default", "limits", "")


def limits(rules: Mapping[str, Any]) -> str:
    least, most = schema.plain(rules.get("least")), schema.plain(rules.get("most"))
    if most is None:
        return "" if least is None else f"{least} or more"
    return f"{most} or less" if least is None else f"{least} to {most}"


def default(value: Any) -> str:
    if value is MISSING:
        return "must be given"
    text = yaml.safe_dump(schema.plain(value), default_flow_style=True, width=1000).strip()
    return f"`{text.removesuffix('...').strip()}`"


def key_row(key: str, spec: schema.Spec) -> tuple[str, ...]:
    if is_dataclass(spec.default):
        return (f"**`{key}`**", "", "", f"**{spec.rules['doc']}**")
    return (f"`{key}`", default(spec.default), limits(spec.rules), spec.rules["doc"])


def keys(specs: Mapping[str, schema.Spec]) -> str:
    return table(KEY_HEAD, (key_row(key, spec) for key, spec in schema.describe(specs)))


def config_page() -> str:
    return page(
        "config.yaml",
        "What needs a reload or a restart: sockets, addresses, secrets. The file is the one given "
        f"to `--config`, else `${config.VARIABLE}`, `./config.yaml` or `{config.SYSTEM_PATH}`. "
        "Every key may be left out. A value may hold `${NAME}`, which is taken from the "
        "environment; `$${NAME}` is not. `config.example.yaml` holds all of it to start from.",
        keys(schema.specs_of(config.Config)),
        "## crm.connectors\n\nEach has a `kind`, which says what other keys it has "
        "([CRMs](crm.md)).",
        *(f"### {kind}\n\n{own_keys(cls)}" for kind, cls in crm_settings.KINDS.items()),
    )


BEGINNING = """\
Most campaigns need five of these keys:

```yaml
project: sales
name: september
dial: PJSIP/{digits}@trunk     # left out: over the cheapest trunk
mode: progressive
zone: Europe/Moscow            # where its clients live
```

`campaign export NAME --short` prints what a campaign has otherwise than shipped; without
`--short` every key."""

SECTIONS = {
    "What it is": "project name description script starts_on mode agents priority weight",
    "Who may be called, and when": (
        "calling_hours zone day_ends number_types countries denied_prefixes duplicates"
    ),
    "By which line": (
        "dial trunks caller_id caller_id_by_prefix caller_id_pool caller_id_sticky max_lines"
    ),
    "How much is dialed": "lines_per_agent max_abandonment abandonment_window connect_within_s",
    "The call": (
        "ring_timeout_s min_ring_s max_call_s amd agent_first announce safe_harbour record "
        "record_notice wrap_up_s"
    ),
    "Callers": "queue",
    "When it is tried again": (
        "max_attempts max_uncounted retry_after_s retry_rules best_hour best_hour_within_s"
    ),
    "Callbacks": "owner_wait_s group_wait_s owner_away owner_pause_limit_s callback_to_agent",
    "Assignments and results": (
        "reading_s success_kinds refusal_reasons opt_out_reasons comment_variants result_codes "
        "unresolved callback_by_position"
    ),
}


def in_sections(specs: Mapping[str, schema.Spec]) -> Iterator[str]:
    """A table for each; every key must stand in one of them."""
    left = dict(specs)
    for title, names in SECTIONS.items():
        yield f"## {title}\n\n" + keys({name: left.pop(name) for name in names.split()})
    if left:
        raise SystemExit(f"SECTIONS of docs/generate.py lack: {', '.join(left)}")


def campaign_file_page() -> str:
    return page(
        "Campaign files",
        "What `ccdialer campaign apply` takes and `ccdialer campaign export` gives: one campaign, "
        "several YAML documents, or a list under `campaigns:`. Times are in seconds; `90s`, `10m`, "
        "`2h` and `1d` are read too, under every key that ends in `_s`.",
        BEGINNING,
        *in_sections(campaign_file.specs()),
        "## retry_rules\n\nThe keys of one rule ([how they decide](retries.md)).",
        own_keys(retry_rule.RetryRule),
    )


# -- scenario-file.md --------------------------------------------------------------------------

PARTS = {
    "The scenario": scenario.Scenario,
    "Campaigns": scenario.CampaignPlan,
    "Callees: the people of a list": scenario.Callees,
    "Callers: the people who call a queue": scenario.Callers,
    "Times": laws.Times,
    "Teams": scenario.Team,
    "Away": scenario.Away,
    "Trunks": scenario.Trunk,
}


def changes(value: Any) -> Any:
    """Of a dataclass only what differs from its kind's defaults; all else as it is."""
    if isinstance(value, tuple):
        return [changes(item) for item in value]
    if not is_dataclass(value):
        return value
    specs = schema.specs_of(type(value))
    given = {key: getattr(value, key) for key in specs}
    return {key: changes(given[key]) for key, spec in specs.items() if given[key] != spec.default}


def own_keys(cls: type) -> str:
    specs = schema.specs_of(cls).items()
    rows = [
        (f"`{key}`", default(changes(spec.default)), limits(spec.rules), spec.rules["doc"])
        for key, spec in specs
    ]
    return table(KEY_HEAD, rows)


def scenario_file_page() -> str:
    sections = [f"## {title}\n\n{own_keys(cls)}" for title, cls in PARTS.items()]
    return page(
        "Scenario files",
        "What `ccdialer sim run` lives and `ccdialer sim show` prints ([the simulator]"
        "(simulator.md)). Every key may be left out. Keys in `_s` are seconds, hours are counted "
        "from the beginning of a working day, shares are 0 to 1. A value by hour "
        "(`{0: 0.2, 4: 0.6}`) may be a number alone, which holds all day. Times may be a number "
        "alone, their mean; what is not said of them stays as the default says, except of "
        "`machine_ring`, which is given as a whole. `settings` takes what stands in "
        "[campaign files](campaign-file.md); its defaults are theirs but for those named here.",
        *sections,
    )


# -- trunk-file.md -----------------------------------------------------------------------------

TRUNK_RULES = {
    "`numbers`": trunk_entry.NUMBER_RULES,
    "`caller_ids`": trunk_entry.CALLER_ID_RULES,
}
TRUNK_CLASSES = {"`numbers`": trunk.NumberFormat, "`caller_ids`": trunk.CallerIds}


def ruled_keys(title: str, rules: Mapping[str, Mapping[str, Any]]) -> str:
    specs = schema.specs_of(TRUNK_CLASSES[title], rules)
    return table(KEY_HEAD, (key_row(key, spec) for key, spec in specs.items()))


def trunk_file_page() -> str:
    specs = schema.specs_of(trunk_entry.TrunkEntry).items()
    rows = [key_row(key, spec) for key, spec in specs]
    parts = [f"## {title}\n\n{ruled_keys(title, rules)}" for title, rules in TRUNK_RULES.items()]
    return page(
        "Trunk files",
        "What `ccdialer trunk apply` takes and `ccdialer trunk export` gives "
        "([trunks](trunks.md)): a list under `trunks:`, each with these keys. `numbers` and "
        "`caller_ids` may be a text alone, which is their first key; a price may be a number "
        "alone. Keys in `_s` are seconds.",
        "## A trunk\n\n" + table(KEY_HEAD, rows),
        f"## `provider`\n\n{own_keys(provider.Provider)}",
        *parts,
        f"## Of each prefix in `prices`\n\n{own_keys(trunk_entry.Price)}",
    )


# -- route-file.md -----------------------------------------------------------------------------

ROUTE_PARTS = {
    "## The whole set": routes.Routes,
    "## Of each number in `dids`, and of `other_dids`": routes.Did,
    "## Of each rule in `scenarios`": routes.Rule,
    "## `when`": routes.When,
}


def route_file_page() -> str:
    parts = [f"{title}\n\n{own_keys(cls)}" for title, cls in ROUTE_PARTS.items()]
    return page(
        "Route files",
        "What `ccdialer route apply` takes and `ccdialer route export` gives ([routing]"
        "(routing.md)). Where a list of words is meant, one may stand alone. Keys in `_s` are "
        "seconds; `20s` and `1m` are understood. Hours are written as in [when people may be "
        'called](calling-hours.md): `{mon-fri: "09:00-20:00", holidays: closed}`, `always`. '
        "Numbers may be written in any usual spelling; what is no phone number, such as `401`, is "
        "compared as it stands.",
        *parts,
    )


# -- cli.md ------------------------------------------------------------------------------------

WIDTH = 96


def command_help(command: Any, name: str, parent: Any = None) -> list[str]:
    """The help of a click command and of all below it, as it is printed."""
    context = command.make_context(
        name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH
    )
    title = f"## {context.command_path}"
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    parts = [f"{title}\n\n```text\n{text}\n```"]
    for below in sorted(getattr(command, "commands", {}).items()):
        if not below[1].hidden:
            parts += command_help(below[1], below[0], context)
    return parts


def cli() -> str:
    main = import_module("ccdialer.cli").main
    return page(
        "Commands", "`ccdialer NOUN VERB`, as `--help` tells it.", *command_help(main, "ccdialer")
    )


# -- agi/ --------------------------------------------------------------------------------------

SCRIPTS = finding.find([finding.shipped_folder()]).sources
WRITES = (
    "It writes, once however often the same call asks. `ccdialer agi test` writes nothing without "
    "`--really`."
)


def arguments_table(found: script.Script) -> str:
    rows = [
        (f"`{name}`", "must be given" if each.is_needed else f"`{each.default}`", each.doc)
        for name, each in sorted(found.arguments.items(), key=lambda pair: not pair[1].is_needed)
    ]
    return table(("argument", "default", ""), [(n, d.replace("``", ""), doc) for n, d, doc in rows])


def script_page(found: script.Script) -> str:
    line = rehearsal.line_in_dialplan(found, "127.0.0.1:4573")
    needed = "".join(f" --arg {n}=..." for n, a in found.arguments.items() if a.is_needed)
    outputs = [(f"`{name}`", str(each.most), each.doc) for name, each in found.outputs.items()]
    parts = [
        found.doc,
        found.more,
        f"```\n same => n,{line}\n```",
        f"It has {found.limit_s:g} s; after that `CCD_STATUS` is `TIMEOUT`, and the call goes on. "
        "How scripts are called, and what every dialplan has to look at: [scripts](../agi.md).",
        WRITES if found.writes else "It changes nothing.",
        "## What it takes\n\n" + arguments_table(found),
        "## What it sets\n\nEach of them, on every path; empty where it knows nothing.\n\n"
        + table(("variable", "bytes", ""), outputs),
        "## Trying it\n\n```\n"
        f"ccdialer agi test {found.name} --caller +79161234567 --did 401{needed}\n```",
    ]
    return page(found.name, *(part for part in parts if part))


# -- all of them -------------------------------------------------------------------------------

PAGES: dict[str, Callable[[], str]] = {
    "rooms.md": rooms,
    "lifecycles.md": lifecycles,
    "dispositions.md": dispositions,
    "config.md": config_page,
    "campaign-file.md": campaign_file_page,
    "scenario-file.md": scenario_file_page,
    "trunk-file.md": trunk_file_page,
    "route-file.md": route_file_page,
}
PAGES |= {f"agi/{name}.md": partial(script_page, of.script) for name, of in SCRIPTS.items()}
if find_spec("ccdialer.cli"):
    PAGES["cli.md"] = cli


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
