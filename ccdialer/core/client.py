"""Client: a person or a company of the built-in client base, and what of him is counted."""

from __future__ import annotations

from enum import StrEnum


class ClientKind(StrEnum):
    """Who he is (SPEC B14)."""

    PERSON = "person"
    COMPANY = "company"  # with contact persons


class Business(StrEnum):
    """What a client's card counts, each with its sum (SPEC B7)."""

    ORDERS = "orders"
    ISSUED = "issued"  # invoices that were sent
    PAID = "paid"  # of them, those that were paid
