"""Speech: a text becomes a sound file by a command that the site names, once for each text."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import wave
from contextlib import suppress
from pathlib import Path

from ccdialer.config import Speech
from ccdialer.core.campaign import Campaign
from ccdialer.errors import Refused

SAY = "say:"
"""An `announce` that begins so is a text; `{name}` in it is the campaign's name."""

# What Asterisk 22 plays as .wav: one channel of 16-bit samples (format_wav.c).
CHANNELS, SAMPLE_BYTES, RATE = 1, 2, 8000
TOLD_MOST = 200  # characters of what the command complained of


def text_of(campaign: Campaign) -> str:
    """What is to be spoken to the campaign's agents; empty: nothing, or a recorded sound."""
    announce = campaign.settings.announce
    if not announce.startswith(SAY):
        return ""
    return announce.removeprefix(SAY).strip().replace("{name}", campaign.name)


def file_of(speech: Speech, text: str) -> Path:
    """Where the spoken text is kept: another text or another command has another file."""
    told = "\0".join((*speech.command, text))
    return Path(speech.folder) / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.wav"


def media_of(speech: Speech, text: str) -> str:
    """Asterisk's name of the spoken text; empty as long as it is not spoken."""
    path = file_of(speech, text)
    return f"sound:{path.with_suffix('')}" if path.is_file() else ""


def speak(speech: Speech, text: str) -> Path:
    """Have the text spoken into its file, if it is not there already.

    No shell sees the text, and a half-written file is never played. Raises Refused with the reason.
    """
    path = file_of(speech, text)
    if path.is_file():
        return path
    if not speech.command:
        raise Refused(f'"{text}" cannot be spoken: set speech.command in config.yaml')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".wav", prefix=".", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise Refused(f"speech.folder: {path.parent}: {error.strerror}") from error
    made = Path(name)
    try:
        _run(speech, text, made)
        _refuse_what_asterisk_cannot_play(made)
        made.chmod(0o644)  # Asterisk is another account
        made.replace(path)
    finally:
        with suppress(FileNotFoundError):
            made.unlink()
    return path


def _run(speech: Speech, text: str, made: Path) -> None:
    words = [word.replace("{file}", str(made)).replace("{text}", text) for word in speech.command]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=speech.timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(
            f'"{text}" was not spoken within {speech.timeout_s:g} s by {words[0]}'
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Refused(f"speech.command: {words[0]}: {reason}") from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip()[:TOLD_MOST]
        raise Refused(f'"{text}" was not spoken: {words[0]} ended with {done.returncode}: {told}')


def _refuse_what_asterisk_cannot_play(made: Path) -> None:
    wanted = f"{RATE} Hz, 16 bit, one channel"
    try:
        with wave.open(str(made), "rb") as sound:
            found = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
    except (wave.Error, EOFError) as error:
        raise Refused(f"speech.command made no wav file ({error}); it must be {wanted}") from error
    if found != (CHANNELS, SAMPLE_BYTES, RATE):
        made_of = f"{found[2]} Hz, {8 * found[1]} bit, {found[0]} channels"
        raise Refused(f"speech.command made a wav of {made_of}; Asterisk plays {wanted}")
