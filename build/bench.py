"""Prints where the program stands, each figure as a ratio of two things measured in the same run.

`python3 build/dev.py bench` sets up what it needs and runs this. Nothing here passes or fails: read it.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])

from benchmarks import drain, screens, taps  # noqa: E402 - the path comes first

from kiosk.demo.programs import Central, Terminal  # noqa: E402


def show(what: str, ours: str, other: str, ratio: float, aim: str) -> None:
    """One line of the table."""
    print(f"{what:<44} {ours:>14} {other:>14} {ratio:>7.2f}  {aim}", flush=True)


def bench_screens(runs: int) -> None:
    """First frame and memory."""
    with tempfile.TemporaryDirectory() as folder:
        central = Central(Path(folder))
        terminal = Terminal(Path(folder) / "home", "1280x800", {})
        terminal.enroll(central, central.sample["windows"][0])
        seen = screens.measure(terminal.home, runs)
        central.program.stop()
    ours = seen["terminal"]
    for name, aims in (("bare Qt Quick", ("≤ 1.5", "≤ 1.6")), ("Chromium kiosk", ("≤ 0.6", "≤ 0.35"))):
        other = seen[name]
        frame = ours.first_frame_s / other.first_frame_s
        show(f"first frame / {name}", f"{ours.first_frame_s:.2f} s", f"{other.first_frame_s:.2f} s", frame, aims[0])
        memory = ours.pss_mib / other.pss_mib
        show(f"memory (PSS) / {name}", f"{ours.pss_mib:.0f} MiB", f"{other.pss_mib:.0f} MiB", memory, aims[1])


def bench_taps() -> None:
    """Tap to thanks."""
    found = taps.measure()
    ratio = found.thanks_ms / found.commit_ms
    show("tap to thanks / bare durable commit", f"{found.thanks_ms:.2f} ms", f"{found.commit_ms:.2f} ms", ratio, "")


def bench_drain(ratings: int) -> None:
    """A backlog."""
    found = drain.measure(ratings)
    what = f"drain of {found.ratings:,}"
    others = (("one requests.post each", found.single_per_s, "≥ 30"), ("central's limit", found.limit_per_s, "≥ 0.8"))
    for other, per_s, aim in others:
        ratio = found.lane_per_s / per_s
        show(f"{what} / {other}", f"{found.lane_per_s:.0f} /s", f"{per_s:.0f} /s", ratio, aim)
    memory = found.memory
    grown = memory.peak_mib / memory.start_mib
    what = f"peak / first memory, {memory.entries:,} entries"
    show(what, f"{memory.peak_mib:.1f} MiB", f"{memory.start_mib:.1f} MiB", grown, f"≤ 1.2 (end {memory.end_mib:.1f})")


def main() -> int:
    """Run what was asked for; all of it by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=["screens", "taps", "drain", []], default=[])
    parser.add_argument("--runs", type=int, default=screens.RUNS)
    parser.add_argument("--ratings", type=int, default=drain.RATINGS)
    options = parser.parse_args()
    wanted = options.what or ["screens", "taps", "drain"]
    print(f"{'what':<44} {'this program':>14} {'the other':>14} {'ratio':>7}  aim")
    if "screens" in wanted:
        bench_screens(options.runs)
    if "taps" in wanted:
        bench_taps()
    if "drain" in wanted:
        bench_drain(options.ratings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
