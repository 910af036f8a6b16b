"""`ccdialer project`: list, apply, set, export."""

from __future__ import annotations

from tests.cli.prompt import Prompt


def test_apply_set_and_export(prompt: Prompt) -> None:
    assert prompt.csv("project", "list") == [{"project": "sales", "distribution": "longest_idle"}]
    path = prompt.file("p.yaml", "name: sales\ndistribution: fewest_calls\n---\nname: care\n")
    told = prompt.run("project", "apply", str(path))
    assert 'project "sales": changed; distribution: longest_idle -> fewest_calls' in told.stdout
    assert 'project "care": created' in told.stdout
    assert "not in effect yet: the daemon is not running" in told.stderr
    assert 'project "care": unchanged' in prompt.run("project", "apply", str(path)).stdout
    told = prompt.run("project", "set", "sales", "distribution=least_talk")
    assert "distribution: fewest_calls -> least_talk" in told.stdout
    exported = prompt.run("project", "export").stdout
    assert exported == "name: care\ndistribution: longest_idle\n---\n" + (
        "name: sales\ndistribution: least_talk\n"
    )
    assert prompt.run("project", "export", "care").stdout in exported


def test_a_faulty_file_changes_nothing(prompt: Prompt) -> None:
    path = prompt.file("p.yaml", "name: new\n---\nname: sales\ndistribution: by_height\n")
    assert "p.yaml:4: distribution: expected one of" in prompt.run(
        *("project", "apply", str(path)), code=2
    ).stderr  # fmt: skip
    assert [row["project"] for row in prompt.csv("project", "list")] == ["sales"]


def test_a_project_that_is_not_there(prompt: Prompt) -> None:
    for words in (("set", "nope", "distribution=least_talk"), ("export", "nope")):
        assert 'there is no project "nope"' in prompt.run("project", *words, code=1).stderr
