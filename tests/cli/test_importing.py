"""Options of an import."""

from __future__ import annotations

import click
import pytest

from ccdialer.cli.importing import layout, mapping_of
from ccdialer.importing.table import Layout


def test_layout() -> None:
    assert layout(None, None) == Layout()
    assert layout("cp1251", "tab") == Layout("cp1251", "\t")
    assert layout(None, ";") == Layout(None, ";")
    with pytest.raises(click.BadParameter, match="one character"):
        layout(None, "ab")


def test_mapping() -> None:
    assert mapping_of(("phone=Тел.", "note=a=b")) == {"phone": "Тел.", "note": "a=b"}
    for wrong in ("phone", "=x", "phone="):
        with pytest.raises(click.BadParameter, match="is not WHAT=COLUMN"):
            mapping_of((wrong,))
