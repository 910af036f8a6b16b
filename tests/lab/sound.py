"""Speech-like sounds written by arithmetic, for callees that a machine detector listens to."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from pathlib import Path

RATE = 8000
SILENCE = b"\xff"
_BIAS, _CLIP = 132, 32635


def write_sounds(folder: Path) -> Path:
    """`hello.ulaw`, a person who says one word and waits; `machine.ulaw`, one that talks on."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hello.ulaw").write_bytes(silence(0.2) + speech(0.5) + silence(4.0))
    (folder / "machine.ulaw").write_bytes(silence(0.2) + speech(8.0) + silence(1.0))
    return folder


def write_tone(path: Path, hz: float, seconds: float) -> Path:
    """A pure tone, by which a party of a talk can be told from the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(tone(hz, seconds))
    return path


def silence(seconds: float) -> bytes:
    return SILENCE * int(RATE * seconds)


def speech(seconds: float) -> bytes:
    """A loud voice-like tone that swells and falls five times a second, never to silence."""
    return bytes(_ulaw(_sample(n / RATE)) for n in range(int(RATE * seconds)))


def tone(hz: float, seconds: float) -> bytes:
    """A sine of a quarter of the full loudness."""
    step = 2 * math.pi * hz / RATE
    return bytes(_ulaw(int(8000 * math.sin(step * n))) for n in range(int(RATE * seconds)))


def loudness(samples: Sequence[int], hz: float, rate: int = RATE) -> float:
    """How loud a tone is in 16-bit samples: its amplitude, whatever its phase."""
    turn = cmath.exp(-2j * math.pi * hz / rate)
    spin, total = 1 + 0j, 0j
    for sample in samples:
        total += sample * spin
        spin *= turn
    return 2 * abs(total) / max(1, len(samples))


def _sample(at: float) -> int:
    loudness = 6000 + 3000 * math.sin(2 * math.pi * 5 * at)
    voice = sum(math.sin(2 * math.pi * tone * at) for tone in (180, 720, 1240)) / 3
    return int(loudness * voice)


def _ulaw(sample: int) -> int:
    """G.711 mu-law of a 16-bit sample (ITU-T G.711, table 2a)."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF
