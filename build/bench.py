"""Prints where the program stands, each figure as a ratio of two things measured in the same run.

`python3 build/dev.py bench` sets up what it needs and runs this. Nothing here passes or fails: read it.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]
sys.path.append(str(ROOT / "out" / "bench-packages"))
os.environ["PYTHONPATH"] = os.pathsep.join((str(Path(__file__).parent), str(ROOT), sys.path[-1]))

from benchmarks import appends, drain, flood, frames, screens, station, taps  # noqa: E402 - the path comes first
from benchmarks.queues import at_hand  # noqa: E402

from kiosk.demo.programs import Central, Terminal  # noqa: E402

WHAT = ("screens", "taps", "drain", "appends", "handwriting", "frames", "flood", "station")


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
    if (frozen := seen.get(screens.FROZEN)) is None:
        print("  (no frozen program in dist/: `python3 build/dev.py package` makes it)")
        return
    ratio = frozen.first_frame_s / ours.first_frame_s
    show(
        "first frame, frozen / from source",
        f"{frozen.first_frame_s:.2f} s",
        f"{ours.first_frame_s:.2f} s",
        ratio,
        "≤ 1.3",
    )


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


def bench_appends(records: int, disks: int) -> None:
    """Durable appends under load, and what power cuts cost."""
    if not at_hand():
        print("appends: persist-queue and litequeue are not here; `python3 build/dev.py bench` brings them")
        return
    speed = appends.measure_speed(records)
    for name in speed.rounds_ms:
        if name != "journal":
            what = f"durable append, {appends.THREADS} threads / {name}"
            ours, other = (f"{speed.median_ms(each):.3f} ms" for each in ("journal", name))
            show(what, ours, other, speed.ratio(name), "")
    losses = appends.measure_losses(disks)
    ours_lost = losses.pop("journal")
    for name, found in losses.items():
        what = f"entries lost, {found.disks:,} crash states / {name}"
        print(f"{what:<44} {ours_lost.entries_lost:>14} {found.entries_lost:>14} {'':>7}", flush=True)
        if found.unopened or found.twice:
            print(f"  {name}: {found.unopened} disks it did not open, {found.twice} with an entry twice")
    if ours_lost.unopened or ours_lost.twice:
        print(f"  journal: {ours_lost.unopened} disks it did not open, {ours_lost.twice} with an entry twice")
    print("  (each wrote in a child under strace; its calls were replayed up to every boundary, what was not synced")
    print("  dropped, reordered or torn; its own library opened what was left. WAL, synchronous=FULL, read back)")


def bench_frames(rounds: int) -> None:
    """Pages that slide, and pages at rest."""
    found = frames.measure(rounds)
    print(f"frames of sliding pages, {frames.WIDTH}x{frames.HEIGHT}, software renderer")
    for name, gaps in found.gaps_ms.items():
        ordered = sorted(gaps)
        middle, late = (ordered[int(len(ordered) * part)] for part in (0.5, 0.95))
        share = sum(gap <= frames.IN_TIME_MS for gap in gaps) / len(gaps)
        print(f"  {name:<24} {len(gaps):>5} frames  p50 {middle:5.1f} ms  p95 {late:5.1f} ms  in time {share:7.1%}")
    print(f"  within {frames.IN_TIME_MS:.0f} ms: {found.share_in_time():.1%} of all (aim ≥ 95 %)")
    print(f"frames in {frames.REST_S:.0f} s at rest: {_counts(found.at_rest)} (aim 0)")
    print(f"  and while a bar shows the time that is left: {_counts(found.moving)}")


def bench_flood(rounds: int) -> None:
    """Pages that slide while callers storm the station."""
    found = flood.measure(rounds)
    print(f"frames of sliding pages while the station gets {flood.PER_S} requests/s")
    for name, gaps in found.gaps_ms.items():
        ordered = sorted(gaps)
        middle, late, last = (ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99))
        share = sum(gap <= flood.AIM_MS for gap in gaps) / len(gaps)
        told = (
            f"p50 {middle:5.1f} ms  p95 {late:5.1f} ms  p99 {last:5.1f} ms  within {flood.AIM_MS:.0f} ms {share:7.1%}"
        )
        asked = (
            f"  answered {found.answered[name]:.0f}/s, 429 {found.kept_out[name]:.0f}/s"
            if name in found.answered
            else ""
        )
        print(f"  {name:<24} {len(gaps):>5} frames  {told}{asked}")


def bench_station(visits: int) -> None:
    """From the call to the picture, from the tap to the event."""
    found = station.measure(visits)
    for name in (*station.CALLS, *station.TAPS):
        for share, aim in ((0.5, ""), (0.95, f"≤ {station.AIM_MS:.0f} ms here")):
            ours, bare = (station.percentile(times[name], share) for times in (found.ours, found.bare))
            what = f"{name}, p{share * 100:.0f} / bare"
            show(what, f"{ours:.1f} ms", f"{bare:.1f} ms", ours / bare, aim)
    print(f"  (of {visits} visits; the bare one is a window of one colour and the standard library's HTTP server)")


def _counts(frames_of: dict[str, int]) -> str:
    return ", ".join(f"{page} {count}" for page, count in frames_of.items())


def main() -> int:
    """Run what was asked for; all of it by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*WHAT, []], default=[])
    parser.add_argument("--runs", type=int, default=screens.RUNS)
    parser.add_argument("--ratings", type=int, default=drain.RATINGS)
    parser.add_argument("--records", type=int, default=appends.RECORDS)
    parser.add_argument("--visits", type=int, default=station.VISITS)
    parser.add_argument("--rounds", type=int, default=frames.ROUNDS)
    parser.add_argument("--disks", type=int, default=appends.DISKS)
    options = parser.parse_args()
    wanted = options.what or WHAT
    print(f"{'what':<44} {'this program':>14} {'the other':>14} {'ratio':>7}  aim")
    if "screens" in wanted:
        bench_screens(options.runs)
    if "taps" in wanted:
        bench_taps()
    if "drain" in wanted:
        bench_drain(options.ratings)
    if "appends" in wanted:
        bench_appends(options.records, options.disks)
    if "frames" in wanted:
        bench_frames(options.rounds)
    if "station" in wanted:
        bench_station(options.visits)
    if "flood" in wanted:
        bench_flood(flood.ROUNDS)
    if "handwriting" in wanted:
        from benchmarks import handwriting  # brings Qt, which the others leave to their children

        handwriting.report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
