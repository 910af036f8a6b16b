"""A file of two trunks for the tests of `ccdialer trunk`, and a site that may write pjsip.conf."""

from __future__ import annotations

from pathlib import Path

from tests.cli.prompt import Prompt

TRUNKS = """\
trunks:
  - name: main
    provider: {server: sip.example.net, login: "749512", password: secret-word}
    caller_ids: "74951234567"
    lines: 10
    prices:
      7: 1.50
      7495: {price: 0.9, fee: 0.2, increments: 60/1, destination: Moscow}
  - name: spare
    provider: {server: 192.0.2.1}
    numbers: "{e164}"
    prices: {7: 1.2}
"""


def with_conf(prompt: Prompt) -> Path:
    """Let the site write its trunks for Asterisk into its own folder; where."""
    conf = prompt.folder / "trunks.conf"
    text = prompt.config.read_text()
    if "trunks:" not in text:
        prompt.config.write_text(f"{text}trunks: {{conf: {conf}}}\n")
    return conf


def apply(prompt: Prompt, text: str = TRUNKS) -> str:
    """What `trunk apply` says of the file."""
    with_conf(prompt)
    path = prompt.file("trunks.yaml", text)
    return prompt.run("trunk", "apply", str(path)).output
