"""JSON of another shape is a fault with a sentence, or nothing; never an error of Python's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.crm.fault import CrmFault
from ccdialer.crm.shapes import inner, object_of, objects_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


@given(JSON)
def test_whatever_comes_is_of_the_shape_or_a_fault(page: Any) -> None:
    inner(page, "a", "b")
    for shape, kind in ((object_of, dict), (objects_of, list)):
        found = outcome(shape, page)
        assert isinstance(found, kind) or found == "crm_bad_answer"


def outcome(shape: Callable[[Any, str], Any], page: Any) -> Any:
    try:
        return shape(page, "it")
    except CrmFault as fault:
        return fault.reason


def test_what_lies_under_keys() -> None:
    assert inner({"a": {"b": 1}}, "a", "b") == 1
    assert inner({"a": [1]}, "a", "b") is None
    with pytest.raises(CrmFault, match="the answer is not a list of objects"):
        objects_of([1], "the answer")
