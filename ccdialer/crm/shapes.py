"""Takes JSON apart that another system made: what is not of the shape asked for is not there."""

from __future__ import annotations

from typing import Any

from ccdialer.crm.fault import bad_answer


def object_of(page: Any, what: str) -> dict[str, Any]:
    """An object. Raises CrmFault if it is something else."""
    if not isinstance(page, dict):
        raise bad_answer(f"{what} is not an object")
    return page


def objects_of(page: Any, what: str) -> list[dict[str, Any]]:
    """A list of objects. Raises CrmFault if it is something else."""
    if not isinstance(page, list) or not all(isinstance(each, dict) for each in page):
        raise bad_answer(f"{what} is not a list of objects")
    return page


def inner(page: Any, *keys: str) -> Any:
    """What lies under the keys; None if nothing does."""
    for key in keys:
        page = page.get(key) if isinstance(page, dict) else None
    return page
