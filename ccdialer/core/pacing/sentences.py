"""What predictive pacing says of a decision: format strings, filled by position.

0 to 3: agents free soon, idle, likely to be freed, within seconds; 4 to 6: clients waiting, calls
ringing, answers expected of them; 7 to 9: risk of one more call, allowed risk, calls placed; 10
and 11: what the sentence is about.
"""

from __future__ import annotations

_STATE = "{0:.1f} agents free soon ({1} idle, {2:.1f} likely within {3:.0f} s), {4} waiting, "
_RISK = "{5} ringing of which {6:.1f} will answer, one more call would be abandoned with {7:.1%}, "
BY_RISK = _STATE + _RISK + "allowed {8:.1%}: placed {9}"
BY_IDLE = BY_RISK + ", one call per idle agent"
BY_LINES = BY_RISK + ", no line or task for more"
NO_BUDGET = (
    "{10} of {11} live answers abandoned leave no budget to dial ahead: "
    "{1} idle, {4} waiting, {5} ringing, one call per idle agent: placed {9}"
)
NO_BUDGET_OF_MONTH = (
    "{10} of {11} live answers of 30 days abandoned leave no budget to dial ahead: "
    "{1} idle, {4} waiting, {5} ringing, one call per idle agent: placed {9}"
)
NO_BUDGET_YET = (
    "{11} live answers so far and those to come are too few for a single abandoned one: "
    "{1} idle, {4} waiting, {5} ringing, one call per idle agent: placed {9}"
)
LEARNING = (
    "{10} of the first {11} calls seen, too few to dial ahead: "
    "{1} idle, {4} waiting, {5} ringing, one call per idle agent: placed {9}"
)
TOO_SMALL = (
    "{10} on duty are too few to dial ahead: even with all of them idle, one call more than agents "
    "would be abandoned with {11:.1%}; {1} idle, {4} waiting, {5} ringing, one call per idle "
    "agent: placed {9}"
)
