"""Rules and calls for tests of routing: as people would write them, and anything at all."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from ccdialer.core.facts import Facts, Past
from ccdialer.core.found import CardStatus
from ccdialer.core.routes import Did, First, Opening, Routes, Rule, When

DID, OTHER = "+74842400149", "401"
CALLER = "+79161234567"
NOON = 1_795_510_800.0  # Tuesday, 2026-11-24 12:00 in Moscow
NIGHT = NOON + 10 * 3600.0  # 22:00

STAGES = ("Paid", "In production", "Proposal sent", "")

BY_STAGE = Routes(
    zone="Europe/Moscow",
    schedules={"office": {"mon-fri": "09:00-20:00"}},
    dids={
        DID: Did(
            "sales",
            ad_channel="site",
            city="Kaluga",
            schedule="office",
            queue="consultants",
            fallback="queue reception",
        )
    },
    scenarios={
        "by-stage": (
            Rule("night", When(schedule=Opening.CLOSED), "announcement closed"),
            Rule("production", When(stage=("Paid", "In production")), "queue production"),
            Rule("sales", When(stage=("Proposal sent",)), "queue sales", owner_first_s=20.0),
            Rule("consultants", to="queue consultants"),
        )
    },
)
KNOWN = Facts(did=DID, number=CALLER, at=NOON, card=CardStatus.OK)


def staged(stage: str) -> Facts:
    return replace(KNOWN, stage=stage)


# --- anything at all ----------------------------------------------------------------------------

words = st.sampled_from(("", "Paid", "paid ", "site", "sales", "Kaluga", "x", DID, OTHER))
some_words = st.lists(words, max_size=3).map(tuple)
flags = st.none() | st.booleans()
counts = st.none() | st.integers(0, 5)
people = st.none() | st.sampled_from(("", "login:anna", "phone:101", "id:7"))
targets = st.sampled_from(
    ("queue sales", "group gold", "agent anna", "extension 200", "voicemail 1", "hangup")
)
whens = st.builds(
    When,
    did=some_words,
    project=some_words,
    ad_channel=some_words,
    city=some_words,
    schedule=st.none() | st.sampled_from(Opening),
    during=st.lists(st.sampled_from(("office", "never heard of")), max_size=2).map(tuple),
    hidden=flags,
    known=flags,
    stage=some_words,
    pipeline=some_words,
    owner=some_words,
    least_deals=counts,
    most_deals=counts,
    fields=st.dictionaries(words, some_words, max_size=2),
    callback=flags,
    attempt=flags,
)
sparse = st.builds(When, hidden=flags, known=flags, stage=some_words) | st.just(When())
rules = st.builds(
    Rule,
    name=st.uuids().map(str),
    when=whens | sparse,
    to=targets,
    queue=words,
    first=st.none() | st.lists(st.sampled_from(First), max_size=4).map(tuple),
    owner_first_s=st.none() | st.floats(0, 600),
    priority=st.none() | st.integers(0, 9),
)
dids = st.builds(
    Did,
    project=words,
    schedule=st.sampled_from(("", "office")),
    scenario=st.sampled_from(("", "a", "gone")),
    queue=words,
    fallback=targets | st.just(""),
)
sets = st.builds(
    Routes,
    zone=st.sampled_from(("", "Europe/Moscow", "Asia/Kamchatka")),
    schedules=st.just({"office": {"mon-fri": "09:00-20:00"}}),
    scenarios=st.fixed_dictionaries({"a": st.lists(rules, max_size=6).map(tuple)}),
    dids=st.dictionaries(st.sampled_from((DID, OTHER)), dids),
    other_dids=st.none() | dids,
)
calls = st.builds(
    Facts,
    did=st.sampled_from((DID, OTHER, "", "\x00${x}")),
    number=st.sampled_from(("", CALLER)),
    at=st.floats(0.0, 4e9),
    card=st.sampled_from(CardStatus),
    stage=words,
    pipeline=words,
    owner=people.map(lambda who: who or ""),
    open_deals=st.integers(0, 9),
    fields=st.dictionaries(words, words, max_size=3),
    past=st.none()
    | st.builds(Past, callback_of=people, tried_by=people, last_agent=people, news=words),
)
