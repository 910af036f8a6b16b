"""Every set of rules that was applied stays, and the newest holds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from ccdialer.core.routes import Routes
from ccdialer.errors import NotFound
from ccdialer.storage import Database, read_journal
from ccdialer.storage.routes import (
    Applied,
    apply_routes,
    route_versions,
    routes_in_force,
    routes_of_version,
    routes_revision,
)
from ccdialer.storage.settings import from_json, to_json
from tests.core.routing_samples import BY_STAGE, sets
from tests.storage.samples import NOW


def test_the_newest_holds_and_an_earlier_one_can_again(db: Database) -> None:
    first = apply_routes(db, Applied("# one\n", BY_STAGE, "anna"), NOW)
    second = apply_routes(db, Applied("# two\n", Routes(), "boris"), NOW + 1)
    again = apply_routes(db, Applied("# one\n", BY_STAGE, "anna", of_version=first), NOW + 2)
    assert first < second < again == routes_revision(db)
    found = routes_in_force(db)
    assert found is not None
    assert (found.id, found.text, found.routes, found.of_version) == (
        *(again, "# one\n", BY_STAGE, first),
    )
    assert [each.id for each in route_versions(db)] == [again, second, first]
    assert routes_of_version(db, second).applied_by == "boris"
    reasons = [entry["reason"] for entry in read_journal(db, "routes")]
    assert reasons[0] == f"version {first} by anna"


def test_a_version_that_is_not_there_is_named(db: Database) -> None:
    with pytest.raises(NotFound, match="no version 7 of the routes"):
        routes_of_version(db, 7)


@given(sets)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_rules_are_read_back_as_they_were_written(routes: Routes) -> None:
    assert from_json(Routes, to_json(routes)) == routes
