"""What `doctor` says of this machine."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.agi_settings import Agi
from ccdialer.cli import site_checks
from ccdialer.cli.finding import Level
from ccdialer.cli.site import Site
from ccdialer.config import Ari, Config, Numbers
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Mode
from ccdialer.core.queue import QueueSettings
from ccdialer.core.trunk import Rate, Trunk, TrunkSettings
from ccdialer.crm_settings import Clients, Crm, Rest, Sql, Webhook
from tests.cli.prompt import Prompt
from tests.cli.trunks import apply
from tests.storage.callers import callbacks_of, queue_of


def test_every_fault_of_the_config(bare: Prompt) -> None:
    bare.config.write_text("node: '!'\nlog: {level: loud}\n")
    config, findings = site_checks.configuration(Site(bare.config))
    assert config is None
    assert [found.level for found in findings] == [Level.FAIL, Level.FAIL]


def test_a_password_that_everybody_may_read(bare: Prompt) -> None:
    bare.config.write_text("ari: {password: secret}\n")
    for mode, levels in ((0o644, ["OK", "WARN"]), (0o640, ["OK"])):
        bare.config.chmod(mode)
        _, findings = site_checks.configuration(Site(bare.config))
        assert [str(found.level) for found in findings] == levels


def test_a_good_database(prompt: Prompt) -> None:
    findings = list(site_checks.database_checks(prompt.url))
    assert {found.level for found in findings} <= {Level.OK, Level.WARN}
    assert [found.what for found in findings][:3] == ["database", "schema", "writing"]


def test_a_database_without_schema(bare: Prompt) -> None:
    found = {f.what: f for f in site_checks.database_checks(bare.url)}
    assert (found["schema"].level, found["schema"].remedy) == (Level.FAIL, "ccdialer db migrate")
    assert found["writing"].level is Level.WARN


def test_no_database(tmp_path: Path) -> None:
    (found,) = site_checks.database_checks(f"sqlite:///{tmp_path}/no/such.db")
    assert (found.level, found.what) == (Level.FAIL, "database")


@pytest.mark.parametrize(
    ("free", "level"), [(1e6, Level.FAIL), (1e9, Level.WARN), (1e12, Level.OK)]
)
def test_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: float, level: Level) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(site_checks.shutil, "disk_usage", lambda _: usage(free))
    assert site_checks.disk(tmp_path).level is level


def test_the_daemon(prompt: Prompt) -> None:
    site = Site(prompt.config)
    assert site_checks.daemon(site).level is Level.WARN
    with prompt.daemon():
        found = site_checks.daemon(site)
        assert found.level is Level.FAIL
        assert "Asterisk" in found.seen


def test_numbers_without_a_price_are_found(prompt: Prompt) -> None:
    config, _ = site_checks.configuration(Site(prompt.config))
    assert config is not None
    assert list(site_checks.list_checks(config)) == []  # no trunk, and a dial string of its own
    assert site_checks.prices("demo", []).level is Level.OK
    found = site_checks.prices("demo", [("+7916", 2), ("+4420", 1)])
    assert found.level is Level.FAIL
    assert "2 beginning with +7916, 1 beginning with +4420" in found.seen
    prompt.run("campaign", "apply", str(prompt.campaign_file(dial='""', zone="Europe/Moscow")))
    prompt.import_tasks()
    prompt.run("campaign", "start", "demo")
    (found,) = site_checks.list_checks(config)
    assert (found.level, found.what) == (Level.FAIL, "trunks")
    assert found.seen.startswith("demo: nobody can be called: the campaign has neither")
    apply(prompt)
    home, waiting = site_checks.list_checks(config)
    assert (home.level, waiting.level) == (Level.OK, Level.OK)


def test_clients_of_no_zone_are_told_at_the_import_and_by_doctor(prompt: Prompt) -> None:
    config, _ = site_checks.configuration(Site(prompt.config))
    assert config is not None
    told = prompt.import_tasks().stderr
    assert "2 of 2 clients have numbers that tell no time zone" in told
    assert "such as zone: Europe/Moscow" in told
    prompt.run("campaign", "start", "demo")
    (found,) = site_checks.list_checks(config)
    assert (found.what, found.level) == ("hours", Level.WARN)
    prompt.run("campaign", "apply", str(prompt.campaign_file(zone="Europe/Moscow")))
    assert list(site_checks.list_checks(config)) == []


def test_the_home_country_should_have_its_price() -> None:
    trunk = Trunk(1, "main", TrunkSettings("main"), {"79": Rate("79", 1)})
    (found,) = site_checks.home_prices([trunk], Numbers())
    assert found.level is Level.WARN
    assert "numbers of RU: fixed_line (+7" in found.seen


def test_where_lost_callers_go(prompt: Prompt) -> None:
    with storage.connect(prompt.url) as database:
        queue = queue_of(database)
        places = {queue.id: ("demo", "sales")}
        (found,) = site_checks.lost_calls(database, queue, places)
        assert (found.level, found.seen) == (
            *(Level.WARN, "sales: lost callers are not called back"),
        )
        callbacks = callbacks_of(database)
        (found,) = site_checks.lost_calls(database, queue, places)
        assert found.remedy == "ccdialer campaign start callbacks"
        storage.set_campaign_state(database, callbacks.id, CampaignState.ACTIVE, 0)
        (found,) = site_checks.lost_calls(database, queue, places)
        assert found.level is Level.OK
        assert list(site_checks.lost_calls(database, callbacks, places)) == []
        (found,) = site_checks.lost_calls(database, queue, places | {0: ("north", "sales")})
        assert found.seen.startswith("demo/sales: ")


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        (Config(), False),
        (Config(ari=Ari(password="x")), True),
        (Config(ari=Ari(password="x", password_file="y")), False),
        (Config(agi=Agi(secret="12345678")), True),
        (Config(agi=Agi(secret="12345678", secret_file="y")), False),
        (Config(database="postgresql://ccd:x@host/name"), True),
        (Config(crm=Crm(connectors=(Sql(database="mysql://a:b@host/c"),))), True),
        (Config(crm=Crm(connectors=(Sql(database="sqlite:////a.db"),))), False),
        (Config(crm=Crm(connectors=(Rest(headers={"X-Key": "x"}),))), True),
        (Config(crm=Crm(connectors=(Webhook(secret="whsec_x"),))), True),
        (Config(crm=Crm(connectors=(Webhook(secret="x", secret_file="y"), Clients()))), False),
    ],
)
def test_a_secret_in_the_config_is_seen(found: Config, holds: bool) -> None:
    assert site_checks.holds_secret(found) is holds


@pytest.mark.parametrize(
    ("words", "is_there"),
    [("queue night", True), ("queue north/night", True), ("queue nigth", False), ("hangup", True)],
)
def test_the_queue_that_takes_callers_over_is_there(words: str, is_there: bool) -> None:
    settings = CampaignSettings(mode=Mode.INBOUND, queue=QueueSettings(overflow=words))
    line = Campaign(1, 1, "line", CampaignState.ACTIVE, settings)
    found = list(site_checks.overflow(line, {1: ("sales", "line"), 2: ("north", "night")}))
    assert [each.level for each in found] == ([] if is_there else [Level.WARN])
