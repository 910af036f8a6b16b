"""Types commands at a site: in this process, or as a process of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from ccdialer import storage
from ccdialer.cli import main
from ccdialer.storage import Database
from tests.lab.ports import free_port

LIMIT_S = 60.0
CSV = "Тел.;Имя\n8 916 123-45-67;Анна\n+7 916 123 45 68;Борис\n123;Никто\n"
AGENTS = "login,name,phone,kept_up,projects\nanna,Anna,anna,no,sales\nboris,Boris,boris,no,sales\n"


class Prompt:
    """A folder with config.yaml; nothing answers at its ARI address."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.url = database
        self.config = folder / "config.yaml"
        self.socket = folder / "s.sock"
        self.config.write_text(
            f"database: {database}\nsocket: {self.socket}\n"
            f"ari: {{connect: inbound, url: 'http://127.0.0.1:{free_port()}/ari'}}\n"
        )

    def run(self, *words: str, code: int = 0) -> Result:
        """The command's outcome; its exit code must be `code`."""
        result = CliRunner().invoke(main, ["--config", str(self.config), *words])
        assert result.exit_code == code, (result.output, result.exception)
        assert "Traceback" not in result.output
        return result

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--format", "json").stdout)

    def csv(self, *words: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.run(*words, "--format", "csv").stdout)))

    def process(self, *words: str, stdout: Any = subprocess.PIPE) -> subprocess.Popen[str]:
        """The command as a process of its own, its output in pipes."""
        return subprocess.Popen(
            [sys.executable, "-c", "from ccdialer.cli import main; main()", *words],
            env={**os.environ, "CCDIALER_CONFIG": str(self.config)},
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_heeds_ctrl_c,
        )

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[str]]:
        """`ccdialer run` while the block lasts; it waits until commands are answered."""
        process = self.process("run")
        try:
            until = time.monotonic() + LIMIT_S
            while CliRunner().invoke(main, ["--config", str(self.config), "status"]).exit_code:
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < until, "it does not answer"
                time.sleep(0.05)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=LIMIT_S)

    @contextmanager
    def database(self) -> Iterator[Database]:
        with storage.open_database(self.url) as database:
            yield database

    # --- files ----------------------------------------------------------------------------------

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def campaign_file(self, **changes: Any) -> Path:
        lines = {"project": "sales", "name": "demo", "dial": "PJSIP/{digits}@trunk"} | changes
        return self.file("demo.yaml", "".join(f"{k}: {v}\n" for k, v in lines.items()))

    def import_tasks(self) -> Result:
        """Two tasks; the third row is rejected."""
        path = self.file("list.csv", CSV)
        return self.run("task", "import", str(path), "--campaign", "demo")

    def import_agents(self) -> Result:
        """anna and boris, each rung per call."""
        return self.run("agent", "import", str(self.file("agents.csv", AGENTS)))


def _heeds_ctrl_c() -> None:
    """A shell that runs the tests in the background has them ignore SIGINT, and so would this."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
