"""Tasks, agents, clients, do-not-call lists from CSV files: columns, numbers, a verdict per row.

import_tasks(db, campaign, path, options, progress) -> ImportReport
import_agents(db, path, options) -> ImportReport
import_dnc(db, path, options, progress) -> DncReport
import_clients(db, path, options, progress) -> ClientReport

Nothing is changed by a file that cannot be read as a table (UnreadableFile says why), by a dry run,
or by a file that was imported before.
"""

from ccdialer.importing.agents import AgentImport, import_agents
from ccdialer.importing.clients import ClientImport, ClientReport, import_clients
from ccdialer.importing.dnc import DncImport, DncReport, import_dnc
from ccdialer.importing.tasks import TaskImport, import_tasks
from ccdialer.importing.verdicts import ImportReport, RowVerdict, Verdict

__all__ = [
    "AgentImport",
    "ClientImport",
    "ClientReport",
    "DncImport",
    "DncReport",
    "ImportReport",
    "RowVerdict",
    "TaskImport",
    "Verdict",
    "import_agents",
    "import_clients",
    "import_dnc",
    "import_tasks",
]
