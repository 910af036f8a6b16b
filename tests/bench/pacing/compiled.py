"""The core, the simulator and the contenders, compiled by mypyc: the same figures, sooner."""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[3]
BUILT = ROOT / "build" / "pacing-compiled"
PACKAGES = ("ccdialer/core", "ccdialer/core/pacing")
OF_SIM = ("agenda", "lines", "people", "result", "staff", "store", "world")
"""What works while a day is lived."""
HERE = "tests/bench/pacing"
CONTENDERS = ("beat", "vicidial", "issabel", "truth")
AS_THEY_ARE = ("ccdialer/core/phone.py",)
"""Left to the interpreter, as it uses a library without types."""
SETUP = """from mypyc.build import mypycify
from setuptools import setup

setup(name="compiled", packages=[], ext_modules=mypycify({modules!r}, opt_level="3"))
"""


def built() -> Path:
    """The folder from which compiled code is imported; compiled anew when that has changed."""
    stamp, wanted = BUILT / "stamp", _digest()
    is_stale = not stamp.exists() or stamp.read_text() != wanted
    if is_stale:
        shutil.rmtree(BUILT, ignore_errors=True)
    _copy()
    if is_stale:
        print("compiling core and simulator (a minute) ...", file=sys.stderr, flush=True)
        _compile()
        stamp.write_text(wanted)
    return BUILT


def _modules() -> list[str]:
    """What is compiled."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).glob("*.py"))]
    names = [str(path.relative_to(ROOT)) for path in paths if path.name != "__init__.py"]
    return [
        *[name for name in names if name not in AS_THEY_ARE],
        *[f"ccdialer/sim/{name}.py" for name in OF_SIM],
        *[f"{HERE}/{name}.py" for name in CONTENDERS],
    ]


def _digest() -> str:
    digest = sha256(sys.version.encode())
    for name in _modules():
        digest.update(name.encode() + (ROOT / name).read_bytes())
    return digest.hexdigest()


def _copy() -> None:
    sources = [*(ROOT / "ccdialer").rglob("*.py"), *(ROOT / HERE).glob("*.py")]
    for path in [*sources, ROOT / "tests/__init__.py", ROOT / "tests/bench/__init__.py"]:
        copy = BUILT / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _compile() -> None:
    (BUILT / "compile.py").write_text(SETUP.format(modules=_modules()))
    words = [sys.executable, "compile.py", "-q", "build_ext", "--inplace"]
    done = subprocess.run(words, cwd=BUILT, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(BUILT)
        raise SystemExit(f"mypyc cannot compile the core:\n{done.stdout}{done.stderr}")
