"""What TOML says poorly: the files of share/ccdialer; all else is in pyproject.toml."""

from pathlib import Path

from setuptools import setup

SHARED = ("agi", "dialplan", "systemd")


def shared_files() -> list[tuple[str, list[str]]]:
    """Folders of the checkout that `pip install` lays under <prefix>/share/ccdialer/."""
    found = [("share/ccdialer", ["config.example.yaml"])]
    for folder in SHARED:
        files = sorted(str(path) for path in Path(folder).iterdir() if path.is_file())
        found.append((f"share/ccdialer/{folder}", files))
    return found


setup(data_files=shared_files())
