"""Records simulated days as plain data: all that was counted, for programs that read it on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ccdialer.core.disposition import Disposition
from ccdialer.core.queue import Fate
from ccdialer.sim.figures import Figure, blocks
from ccdialer.sim.result import AgentDay, CampaignDay, Day, QueueDay
from ccdialer.sim.trials import Variant


def record(variants: Sequence[Variant]) -> dict[str, Any]:
    """Everything about them; the same days give the same record."""
    return {
        "scenario": variants[0].scenario.name,
        "about": variants[0].scenario.about,
        "variants": [_variant(variant) for variant in variants],
    }


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "name": variant.name,
        "figures": [
            {
                "part": block.part,
                "name": block.name,
                **{measure.key: _figure(figure) for measure, figure in block.figures},
            }
            for block in blocks(variant.days)
        ],
        "days": [_day(day) for day in variant.days],
    }


def _figure(figure: Figure) -> dict[str, float | None]:
    return {"value": _short(figure.value), "spread": _short(figure.spread)}


def _day(day: Day) -> dict[str, Any]:
    return {
        "seed": day.seed,
        "day": day.day,
        "hours": day.hours,
        "utilisation": _short(day.utilisation),
        "occupancy": _short(day.occupancy),
        "lines_mean": _short(day.lines_mean),
        "lines_peak": day.lines_peak,
        "campaigns": [_campaign(campaign) for campaign in day.campaigns],
        "queues": [_queue(queue) for queue in day.queues],
        "trunks": [_shortened(asdict(trunk)) for trunk in day.trunks],
        "agents": [_agent(agent) for agent in day.agents],
        "moments": [asdict(moment) for moment in day.moments],
    }


def _campaign(day: CampaignDay) -> dict[str, Any]:
    return {
        "name": day.name,
        "cap": day.cap,
        "dialed": day.dialed,
        "live": day.answered,
        "abandonment": _short(day.abandonment),
        "abandonment_bound": _short(day.abandonment_bound),
        "silent": day.silent,
        "mean_wait_s": _short(day.mean_wait_s),
        "talk_s": _short(day.talk_s),
        "line_s": _short(day.line_s),
        "ended": {str(result): day.ended[result] for result in Disposition},
    }


def _queue(day: QueueDay) -> dict[str, Any]:
    return {
        "name": day.name,
        "goal": day.goal,
        "service_level": _short(day.service_level),
        "waits_s": [_short(wait) for wait in day.waits],
        "talk_s": _short(day.talk_s),
        "ended": {str(fate): day.ended[fate] for fate in Fate},
    }


def _agent(agent: AgentDay) -> dict[str, Any]:
    return {"login": agent.login, "calls": agent.calls} | _shortened(asdict(agent.time))


def _shortened(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _short(v) if isinstance(v, float) else v for key, v in values.items()}


def _short(value: float | None) -> float | None:
    """To the microsecond, or the millionth part."""
    return None if value is None else round(value, 6)
