"""Who is meant by what is typed."""

from __future__ import annotations

from tests.cli.prompt import Prompt


def test_by_id_or_by_a_number_that_only_he_has(prompt: Prompt) -> None:
    rows = "phone;id\n89161234567;A\n89161234567;B\n89161234568;B\n"
    prompt.run("client", "import", str(prompt.file("c.csv", rows)))
    assert prompt.json("client", "show", "+7 916 123 45 68")["source_id"] == "B"
    assert prompt.json("client", "show", "1")["source_id"] == "A"
    several = prompt.run("client", "show", "89161234567", code=1).stderr
    assert "clients 1, 2 have +79161234567; name one by his id here" in several
    nobody = prompt.run("client", "show", "89161234560", code=1).stderr
    assert "nobody in the client base has +79161234560" in nobody
    assert prompt.json("client", "show", "B")["id"] == 2
    name = prompt.run("client", "show", "Olga", code=1).stderr
    assert 'nobody in the client base has the id "Olga"' in name
