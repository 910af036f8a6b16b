"""What `pip install .` brings: the command, and the files a site includes under share/ccdialer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ("agi", "dialplan", "systemd")
LEFT_BEHIND = shutil.ignore_patterns(
    ".*", "build", "dist", "demo-run", "*.egg-info", "__pycache__", "tests"
)

pytestmark = pytest.mark.skipif(
    int(version("setuptools").split(".")[0]) < 77, reason="needs setuptools 77: make venv"
)


def run(words: Sequence[str | Path]) -> str:
    """What the command printed; its complaint is the failure's text."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def pip(*words: str | Path) -> str:
    return run([sys.executable, "-m", "pip", "--disable-pip-version-check", *words])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built in a copy so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("install")
    shutil.copytree(ROOT, folder / "tree", ignore=LEFT_BEHIND)
    pip("wheel", folder / "tree", "--no-deps", "--no-build-isolation", "-w", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def prefix(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel in it; its dependencies stay where they are."""
    folder = tmp_path_factory.mktemp("prefix")
    run([sys.executable, "-m", "venv", "--without-pip", folder])
    pip("--python", folder / "bin" / "python", "install", "--no-deps", "--no-index", wheel)
    return folder


def test_the_wheel_carries_every_module_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {
            name
            for name in archive.namelist()
            if name.endswith(".py") and not re.match(r"[^/]+\.data/data/share/ccdialer/agi/", name)
        }
    assert carried == {str(path.relative_to(ROOT)) for path in (ROOT / "ccdialer").rglob("*.py")}


def test_the_wheel_carries_the_licence_and_the_mark_of_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "ccdialer/py.typed" in names
    assert [name for name in names if name.endswith("/licenses/LICENSE")]


@pytest.mark.parametrize("pattern", ["ccdialer/templates/*.j2", "ccdialer/sim/scenarios/*.yaml"])
def test_the_wheel_carries_templates_and_scenarios(wheel: Path, pattern: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if fnmatch(name, pattern)}
    assert carried == {str(path.relative_to(ROOT)) for path in ROOT.glob(pattern)}
    assert carried


@pytest.mark.parametrize("folder", SHARED)
def test_the_files_of_a_site_are_laid_under_share(prefix: Path, folder: str) -> None:
    there = (prefix / "share" / "ccdialer" / folder).iterdir()
    laid = {path.name for path in there if path.is_file()}
    assert laid == {path.name for path in (ROOT / folder).iterdir() if path.is_file()}
    assert laid


def test_the_scripts_are_found_where_they_are_laid(prefix: Path) -> None:
    """By the installed package; its dependencies are those of this environment."""
    words = (
        "from ccdialer.fastagi.finding import find, shipped_folder; folder = shipped_folder();"
        "found = find([folder]); assert not found.broken; print(folder, *found.sources)"
    )
    libraries = sysconfig.get_path("purelib")
    done = subprocess.run(
        [prefix / "bin" / "python", "-c", words],
        env={"PYTHONPATH": libraries},
        cwd=prefix,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folder, *names = done.stdout.split()
    assert Path(folder) == prefix / "share" / "ccdialer" / "agi"
    assert names == sorted(path.stem for path in (ROOT / "agi").glob("*.py"))


def test_the_example_of_the_configuration_is_laid_under_share(prefix: Path) -> None:
    laid = prefix / "share" / "ccdialer" / "config.example.yaml"
    assert laid.read_bytes() == (ROOT / "config.example.yaml").read_bytes()


def test_the_command_runs(prefix: Path) -> None:
    """With the libraries of this environment, and ccdialer itself from the fresh one."""
    ours = next(prefix.glob("lib/python*/site-packages"))
    path = os.pathsep.join([str(ours), sysconfig.get_path("purelib")])
    words: list[str | Path] = ["env", f"PYTHONPATH={path}", prefix / "bin" / "ccdialer", "--help"]
    assert "Usage:" in run(words)
