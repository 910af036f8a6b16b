"""`ccdialer run` begins the daemon, or says why not."""

from __future__ import annotations

from tests.cli.prompt import LIMIT_S, Prompt


def test_a_database_that_is_not_migrated(bare: Prompt) -> None:
    assert "run: ccdialer db migrate" in bare.run("run", code=5).stderr


def test_a_second_daemon_of_the_same_node(prompt: Prompt) -> None:
    with prompt.daemon():
        second = prompt.process("run")
        _, err = second.communicate(timeout=LIMIT_S)
        assert second.returncode == 5
        assert err.startswith("ccdialer: ")
        assert 'another daemon already runs as node "main"' in err


def test_it_ends_with_0_at_sigterm(prompt: Prompt) -> None:
    with prompt.daemon() as process:
        pass
    assert process.returncode == 0
