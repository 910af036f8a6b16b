"""What is typed for a project."""

from __future__ import annotations

from tests.cli.prompt import Prompt


def test_the_project_is_the_only_one_or_said(prompt: Prompt) -> None:
    path = str(prompt.file("c.csv", "phone\n89161234567\n"))
    assert (
        'no project "x"; there are: sales'
        in prompt.run("client", "import", path, "--project", "x", code=1).stderr
    )
    prompt.run("campaign", "apply", str(prompt.campaign_file(project="care", name="second")))
    told = prompt.run("client", "import", path, code=1).stderr
    assert "say which --project; there are: care, sales" in told
    prompt.run("client", "import", path, "--project", "care")
    (row,) = prompt.json("client", "find")
    assert row["project"] == "care"
