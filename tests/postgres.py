"""A throw-away PostgreSQL cluster on a Unix socket, for the tests that want the real one."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

# No fsync: it need only survive the death of clients. PostgreSQL's own crash is not our subject.
SETTINGS = ("fsync=off", "listen_addresses=", "max_connections=60", "autovacuum_naptime=5s")
OWNER = "postgres"  # who runs the server when we are root, which PostgreSQL refuses to be


def programs() -> Path | None:
    """Where initdb and pg_ctl are, newest version first; None: PostgreSQL is not installed."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def missing() -> str | None:
    """Why no cluster can be started here, or None."""
    if programs() is None:
        return "PostgreSQL's server is not installed (apt install postgresql-15)"
    if os.geteuid() == 0 and not _exists(OWNER):
        return f"root cannot run PostgreSQL and there is no user {OWNER}"
    return None


def _exists(user: str) -> bool:
    with contextlib.suppress(KeyError):
        pwd.getpwnam(user)
        return True
    return False


def _run(*command: str | Path) -> None:
    as_owner = ["setpriv", "--reuid", OWNER, "--regid", OWNER, "--init-groups", "--"]
    prefix = as_owner if os.geteuid() == 0 else []
    # The server inherits what pg_ctl has: a pipe would stay open with it.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [*prefix, *map(str, command)], stdout=output, stderr=output, cwd="/", check=False
        )
        if done.returncode != 0:
            output.seek(0)
            raise RuntimeError(f"{command[0]} failed: {output.read()}")


@contextlib.contextmanager
def running_cluster() -> Iterator[str]:
    """The URL of a fresh cluster, up to its database's name: `fresh_database(url)` makes one."""
    binaries = programs()
    assert binaries is not None
    # Not in pytest's folder: it is root's alone, and a socket's path has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="ccdialer-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        data = folder / "data"
        _run(binaries / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "--no-sync", "-E", "UTF8")
        options = " ".join(
            f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={folder}")
        )
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://{OWNER}@/{{name}}?host={folder}"
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def fresh_database(cluster: str) -> str:
    """Make an empty database; its URL."""
    import psycopg

    name = f"t{uuid4().hex}"
    with psycopg.connect(cluster.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return cluster.format(name=name)
