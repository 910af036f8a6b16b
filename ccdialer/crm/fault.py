"""What a CRM can do instead of answering: a word for machines and a sentence for the admin."""

from __future__ import annotations

PACED = "crm_paced"
"""The reason when it is we who would ask too often: it says nothing about the CRM."""


class CrmFault(Exception):
    """A CRM did not answer a question, or not with what can be understood.

    `reason` is of letters, digits and underscores; `rest_s` is how long the CRM asked to be left
    alone, 0 if it did not.
    """

    def __init__(self, reason: str, sentence: str, rest_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.rest_s = rest_s


def bad_answer(sentence: str) -> CrmFault:
    """The CRM answered something else than was asked."""
    return CrmFault("crm_bad_answer", sentence)


def too_late(sentence: str) -> CrmFault:
    """The time for the whole look-up is over."""
    return CrmFault("crm_timeout", sentence)
