"""Every setting of a campaign has its rules, and each rule is known to say what was expected."""

from __future__ import annotations

import pytest

from ccdialer.campaign_rules import PLACE_RULES, RULES


def test_every_rule_has_a_sentence() -> None:
    for rules in (*RULES.values(), *PLACE_RULES.values()):
        assert rules["doc"].endswith(".")


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("starts_on", "2026-12-01", "2026-13-01"),
        ("starts_on", "", "20261201"),
        ("agents", ("anna", "boris"), ("anna", "anna")),
        ("comment_variants", (), ("",)),
        ("result_codes", {"0": "refusal", "9": "callback 10"}, {"10": "success"}),
        ("announce", "say:{name}", "say:"),
        ("announce", "sound:campaigns/spring", "say:-v"),
    ],
)
def test_a_check_tells_right_from_wrong(key: str, right: object, wrong: object) -> None:
    check = RULES[key]["check"]
    assert check(right) == ""
    assert check(wrong) != ""
