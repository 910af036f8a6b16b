"""The law of the house: budgets, doors, one room per library, and what is never written."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ccdialer"

FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_MAX = 8, 25, 50
MODULE_MAX, CORE_MODULE_MAX = 400, 250
PARAMETERS_MAX = 5

BANNED_MODULE_NAMES = {"manager", "utils", "util", "helpers", "helper", "common", "base", "misc"}

# Where each third-party library may be imported; a new dependency gets its row here.
# None: everywhere but in the core.
ROOM_OF: dict[str, tuple[str, ...] | None] = {
    "aiohttp": ("ari/",),
    "apscheduler": ("runtime/jobs.py",),
    "click": ("cli/",),
    "jinja2": ("rendering.py",),
    "jmespath": ("crm/", "crm_settings.py"),
    "orjson": ("ari/",),
    "peewee": ("storage/",),
    "holidays": ("calendars.py",),
    "phonenumbers": ("core/phone.py", "core/numbering.py", "core/allowed.py", "core/zones.py"),
    "playhouse": ("storage/",),
    "psycopg": ("storage/", "crm/databases.py"),
    "pymysql": ("crm/databases.py",),
    "requests": ("crm/",),
    "rich": ("cli/",),
    "sqlite3": ("storage/", "crm/databases.py"),
    "structlog": None,
    "urllib3": ("crm/",),
    "uvloop": ("runtime/",),
    "xlsxwriter": ("reports/xlsx.py",),
    "asterisk": ("fastagi/",),
    "yaml": (
        *(
            "campaign_file.py",
            "config.py",
            "crm_reading.py",
            "durations.py",
            "key_values.py",
            "project_file.py",
        ),
        *("routes_file.py", "schema.py", "trunk_entry.py", "trunk_file.py", "writing.py"),
    ),
}
DISTRIBUTION_OF = {"asterisk": "pyst2", "yaml": "pyyaml", "playhouse": "peewee"}
WITHOUT_IMPORT = {"tzdata"}  # data that zoneinfo finds by itself
BUILT_IN = {"sqlite3"}  # of the standard library, and yet with one room

# The core computes: it neither looks at a clock, nor throws dice, nor reads, writes or logs.
CORE_LIBRARIES = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "itertools",
    "math",
    "operator",
    "re",
    "statistics",
    "string",
    "types",
    "typing",
    "zoneinfo",
}
CORE_CALLS = {"open", "print", "input", "now", "utcnow", "today"}


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """`core/task.py`: how the tables above call a module."""
    return path.relative_to(PACKAGE).as_posix()


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(path: Path) -> Iterator[Function]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, Function):
            yield node


def line_count(function: Function) -> int:
    """Lines of a function without its decorators and its docstring."""
    count = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        count -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return count


def imports_of(path: Path) -> Iterator[str]:
    """The first name of every module imported, wherever in the file; own modules left out."""
    for node in ast.walk(tree_of(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        yield from (name.split(".")[0] for name in names if not name.startswith("ccdialer"))


def called_name(call: ast.Call) -> str:
    """`c` of both `c()` and `a.b.c()`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def parameter_count(function: Function) -> int:
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def is_command(function: Function) -> bool:
    """Whether click fills the parameters: their number is the number of options then."""
    calls = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    endings = {c.attr for c in calls if isinstance(c, ast.Attribute)}
    return bool(endings & {"command", "group", "option", "argument", "pass_context", "pass_obj"})


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git knows; the tests of them are skipped in a tree that is no checkout."""
    try:
        listing = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listing.split("\0") if name]
    return tuple(path for path in paths if path.is_file())


def lines_with(pattern: str, paths: Iterator[Path] | tuple[Path, ...]) -> list[str]:
    """`file:line: text` of every line where the pattern is found; binary files left out."""
    sought = re.compile(pattern)
    found = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if sought.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return found


# -- budgets -----------------------------------------------------------------------------------


def test_functions_are_short() -> None:
    lengths = {
        f"{name_of(path)}:{function.lineno} {function.name}": line_count(function)
        for path in modules()
        for function in functions_of(path)
    }
    too_long = {where: length for where, length in lengths.items() if length > FUNCTION_MAX}
    assert not too_long
    assert statistics.median(lengths.values()) <= FUNCTION_MEDIAN
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= FUNCTION_P90


def test_modules_are_short() -> None:
    too_long = {}
    for path in modules():
        limit = CORE_MODULE_MAX if name_of(path).startswith("core/") else MODULE_MAX
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > limit:
            too_long[name_of(path)] = f"{count} lines, at most {limit}"
    assert not too_long


def test_functions_take_few_parameters() -> None:
    too_many = {
        f"{name_of(path)}:{function.lineno} {function.name}": parameter_count(function)
        for path in modules()
        for function in functions_of(path)
        if parameter_count(function) > PARAMETERS_MAX and not is_command(function)
    }
    assert not too_many, "put them into a dataclass"


# -- signs and mirrors -------------------------------------------------------------------------


def test_every_module_has_a_sign_on_its_door() -> None:
    """The first paragraph of its docstring is one sentence; docs/rooms.md is made of them."""
    without = []
    for path in modules():
        docstring = ast.get_docstring(tree_of(path)) or ""
        sign = docstring.split("\n\n")[0].strip()
        if not sign.endswith("."):
            without.append(name_of(path))
    assert not without


def test_no_module_is_named_after_nothing() -> None:
    assert not [name_of(path) for path in modules() if path.stem in BANNED_MODULE_NAMES]
    assert not [name_of(path) for path in modules() if path.parent.name in BANNED_MODULE_NAMES]


def decides_something(path: Path) -> bool:
    """Whether a module holds code of its own; declarations alone need no test."""
    return path.stem not in ("__init__", "__main__") and any(
        not function.name.startswith("__") for function in functions_of(path)
    )


def mirror_of(module: str) -> Path:
    """`tests/x/test_y.py` of `x/y.py`."""
    return (ROOT / "tests" / module).with_name(f"test_{Path(module).name}")


@pytest.mark.parametrize("module", [name_of(path) for path in modules() if decides_something(path)])
def test_every_module_has_its_test(module: str) -> None:
    assert mirror_of(module).is_file()


def test_every_folder_of_tests_is_a_package() -> None:
    """Two test files of the same name in different folders need it."""
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert not [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").is_file()]


# -- one room per library ----------------------------------------------------------------------


def is_at_home(path: Path, library: str) -> bool:
    if library in sys.stdlib_module_names and library not in BUILT_IN:
        return True
    rooms = ROOM_OF.get(library, ())
    return rooms is None or name_of(path).startswith(rooms)


def test_every_library_stays_in_its_room() -> None:
    assert not [
        f"{name_of(path)} imports {library}"
        for path in modules()
        for library in imports_of(path)
        if not is_at_home(path, library)
    ]


def test_every_dependency_has_a_room() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    required = [*project["dependencies"], *extras["postgresql"], *extras["mysql"], *extras["fast"]]
    distributions = {re.split(r"[\[=<>~!]", line)[0].lower() for line in required}
    known = {DISTRIBUTION_OF.get(library, library) for library in ROOM_OF} | WITHOUT_IMPORT
    assert distributions <= known


def test_the_core_computes_and_nothing_else() -> None:
    faults = []
    numbering = ROOM_OF["phonenumbers"] or ()
    for path in modules():
        if not name_of(path).startswith("core/") or name_of(path) in numbering:
            continue
        faults += [
            f"{name_of(path)} imports {library}"
            for library in imports_of(path)
            if library not in CORE_LIBRARIES
        ]
        faults += [
            f"{name_of(path)}:{node.lineno} calls {called_name(node)}()"
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Call) and called_name(node) in CORE_CALLS
        ]
    assert not faults


# -- what is never written ---------------------------------------------------------------------


def python_files() -> Iterator[Path]:
    return (path for path in tracked() if path.suffix == ".py")


def calls_in_project() -> Iterator[tuple[str, ast.Call]]:
    for path in python_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def is_yaml_load(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="yaml"), attr=name):
            return name in ("load", "load_all", "unsafe_load", "full_load")
    return False


def uses_a_shell(call: ast.Call) -> bool:
    return any(
        keyword.arg == "shell"
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
        for keyword in call.keywords
    )


def test_yaml_is_read_safely_and_no_shell_is_started() -> None:
    assert not [
        where for where, call in calls_in_project() if is_yaml_load(call) or uses_a_shell(call)
    ]


def test_no_path_of_a_machine_is_written_down() -> None:
    assert not lines_with(r"(?<![\w$})/])/(?:work|root)\b(?!-)", tracked())


def test_nothing_is_left_for_later() -> None:
    assert not lines_with(r"\b(?:TO[D]O|FIX[M]E|HA[C]K)\b", tracked())
