"""Make the chime, two soft tones: `python build/chime.py [FILE.wav]`. The same bytes on every machine."""

import math
import struct
import sys
import wave
from pathlib import Path

CHIME = Path(__file__).resolve().parents[1] / "assets" / "sounds" / "chime.wav"
RATE = 22_050
TONES = ((659.25, 0.0), (523.25, 0.18))
"""Hertz, and when each begins (s)."""
LASTS_S = 0.7


def samples() -> list[int]:
    """Sixteen-bit samples: each tone with a quiet octave above it, swelling for 8 ms and dying away."""
    found = []
    for at in range(int(RATE * LASTS_S)):
        value = 0.0
        for hertz, begins in TONES:
            since = at / RATE - begins
            if since > 0:
                turn = 2 * math.pi * hertz * since
                value += min(since / 0.008, 1) * math.exp(-since * 7) * (math.sin(turn) + 0.25 * math.sin(2 * turn))
        fade = min(1.0, (LASTS_S - at / RATE) / 0.05)
        found.append(round(value * fade * 9000))
    return found


def write(path: Path) -> None:
    """Write the chime as a WAV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tones = samples()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(tones)}h", *tones))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else CHIME)
