"""A text is spoken once, by the site's own command, and only what Asterisk can play is kept."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer.config import Speech
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState
from ccdialer.errors import Refused
from ccdialer.runtime.speech import file_of, media_of, speak, text_of

SPEAKER = """
import pathlib, sys, wave
text, file, rate = sys.argv[1:]
with pathlib.Path(file).parent.joinpath("said.txt").open("a") as said:
    said.write(text + "\\n")
with wave.open(file, "wb") as sound:
    sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(int(rate))
    sound.writeframes(b"\\0\\0" * 800)
"""


def command(program: str, *words: str) -> tuple[str, ...]:
    """A command that the site might name: this Python with a program of ours."""
    return (sys.executable, "-c", program, *words)


@pytest.fixture
def speech(tmp_path: Path) -> Speech:
    return Speech(command(SPEAKER, "{text}", "{file}", "8000"), str(tmp_path / "sounds"), 20.0)


def said(speech: Speech) -> list[str]:
    return (Path(speech.folder) / "said.txt").read_text().splitlines()


def test_a_text_is_spoken_once(speech: Speech) -> None:
    assert media_of(speech, "Заявки") == ""
    path = speak(speech, "Заявки")
    assert speak(speech, "Заявки") == path == file_of(speech, "Заявки")
    assert media_of(speech, "Заявки") == f"sound:{str(path).removesuffix('.wav')}"
    assert said(speech) == ["Заявки"]
    assert path.stat().st_mode & 0o044, "Asterisk may read it"


def test_no_shell_sees_the_text(speech: Speech) -> None:
    text = "a; touch x $(id) 'b' \"c\" {file}"
    speak(speech, text)
    assert said(speech) == [text]


def test_another_command_speaks_again(speech: Speech) -> None:
    other = replace(speech, command=(*speech.command, "x"))
    assert file_of(speech, "a") != file_of(other, "a")
    assert file_of(speech, "a") != file_of(speech, "b")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), r'"hello" cannot be spoken: set speech.command'),
        (("/nowhere/say", "{text}", "{file}"), r"/nowhere/say: No such file"),
        (command("import sys; sys.exit('no voice')", "{text}", "{file}"), "ended with 1: no voice"),
        (command("pass", "{text}", "{file}"), "made no wav file"),
        (command(SPEAKER, "{text}", "{file}", "22050"), "a wav of 22050 Hz, 16 bit, 1 channels;"),
        (command("import time; time.sleep(60)", "{text}", "{file}"), "not spoken within 1 s"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_leaves_nothing(
    speech: Speech, words: tuple[str, ...], why: str
) -> None:
    faulty = replace(speech, command=words, timeout_s=1.0 if "sleep" in str(words) else 20.0)
    with pytest.raises(Refused, match=why):
        speak(faulty, "hello")
    assert not list(Path(speech.folder).glob("*.wav"))
    assert not list(Path(speech.folder).glob(".*"))


def test_a_folder_that_cannot_be_made(speech: Speech, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"speech\.folder: "):
        speak(replace(speech, folder=str(tmp_path / "file" / "below")), "hello")


@pytest.mark.parametrize(
    ("announce", "text"),
    [
        ("say:{name}, please", "demo, please"),
        ("say: hello ", "hello"),
        ("sound:beep", ""),
        ("", ""),
    ],
)
def test_what_a_campaign_says(announce: str, text: str) -> None:
    settings = CampaignSettings("PJSIP/{digits}@t", announce=announce)
    assert text_of(Campaign(1, 1, "demo", CampaignState.ACTIVE, settings)) == text
