"""`doctor` asks every CRM for a number that nobody has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ccdialer import storage
from ccdialer.agi_settings import Agi
from ccdialer.cli.crm_checks import ROUTES_WITHIN_S, budget_finding, crm_checks, finding
from ccdialer.cli.finding import Level
from ccdialer.config import Config
from ccdialer.crm_settings import Clients, Crm
from ccdialer.fastagi.finding import find, shipped_folder
from tests.crm.asking import CRM, server_of, settings_of
from tests.crm.fakes.server import Fault
from tests.runtime.crm_people import NUMBER, Told


def config_of(tmp_path: Path, *connectors: object) -> Config:
    url = f"sqlite:///{tmp_path}/site.db"
    with storage.connect(url) as database:
        storage.migrate(database)
    crm = replace(CRM, budget_ms=5000, connectors=connectors)
    return Config(database=url, crm=crm, agi=Agi(listen=""))


def test_each_is_asked(tmp_path: Path) -> None:
    with server_of("bitrix24") as server:
        settings = settings_of("bitrix24", server)
        config = config_of(tmp_path, Clients(name="clients"), settings)
        found = list(crm_checks(config))
        assert [(each.level, each.seen.partition(":")[0]) for each in found] == [
            (Level.OK, "clients"),
            (Level.OK, "bitrix24"),
        ]
        server.fault = Fault.UNAVAILABLE
        assert [each.level for each in crm_checks(config)] == [Level.OK, Level.FAIL]


def test_a_script_has_time_for_the_whole_budget() -> None:
    routes = find([shipped_folder()]).get("route_by_stage")
    assert routes is not None
    assert routes.limit_s == ROUTES_WITHIN_S
    assert list(budget_finding(Config())) == []
    assert list(budget_finding(Config(crm=Crm(budget_ms=1200)))) == []
    (found,) = budget_finding(Config(crm=Crm(budget_ms=2000)))
    assert (found.level, found.remedy) == (Level.WARN, "crm.budget_ms: 1200 at most")
    (found,) = budget_finding(Config(agi=Agi(deadline_s=0.5)))
    assert found.remedy == "crm.budget_ms: 200 at most"


def test_nothing_where_there_is_none() -> None:
    assert list(crm_checks(Config())) == []


def test_a_slow_one_is_told() -> None:
    slow = finding(Told(), NUMBER, 1.0, 0)
    assert (slow.level, "the budget is 0 ms" in slow.seen) == (Level.WARN, True)
