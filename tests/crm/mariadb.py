"""A throw-away MariaDB on a loopback port, for the connector that speaks to it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from tests.lab.ports import free_port

START_S = 30.0


def missing() -> str | None:
    """Why none can be started here, or None."""
    found = shutil.which("mariadbd", path=PATH)
    return None if found else "MariaDB is not installed (apt install mariadb-server-core)"


PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a database `erp`; without accounts, as it ends with the test."""
    with tempfile.TemporaryDirectory(prefix="ccd-maria-") as folder:
        data, port = Path(folder) / "data", free_port()
        data.mkdir()
        server = subprocess.Popen(
            [
                str(shutil.which("mariadbd", path=PATH)),
                *("--no-defaults", f"--datadir={data}", f"--socket={folder}/s", f"--port={port}"),
                *("--bind-address=127.0.0.1", "--skip-grant-tables", "--skip-networking=0"),
                *("--user=root", "--innodb-fast-shutdown=2"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            yield f"mysql://reader:secret@127.0.0.1:{port}/erp"
        finally:
            server.terminate()
            server.wait(30)


def _wait(port: int) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            with pymysql.connect(host="127.0.0.1", port=port, user="root") as made:
                made.cursor().execute("CREATE DATABASE erp")
            return
        except pymysql.MySQLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
