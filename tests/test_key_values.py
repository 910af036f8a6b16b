"""Words typed are read like a file."""

from __future__ import annotations

import pytest
import yaml

from ccdialer.errors import ConfigError
from ccdialer.key_values import WHERE, faults_of, page_of_words
from ccdialer.schema import Source


def test_words_are_a_page() -> None:
    node = page_of_words([" a = 1 ", "b.c=x=y", "b.d=", "e=[1]"], "a=1")
    assert yaml.safe_load(yaml.serialize(node)) == {
        "a": "1", "b": {"c": "x=y", "d": ""}, "e": "[1]",
    }  # fmt: skip


def test_a_word_without_a_sign_is_named() -> None:
    with pytest.raises(ConfigError, match='--set lines: expected KEY=VALUE, as in "a=1"'):
        page_of_words(["lines"], "a=1")


def test_faults_have_no_line() -> None:
    source = Source(WHERE)
    source.fault(page_of_words(["a=1"], ""), "a", "no such key")
    assert faults_of(source) == ["--set a: no such key"]
