"""`python -m tests.simulation --seeds 20`: that many seeds of a week; `--seed N`: one of them, with its log."""

import argparse
import concurrent.futures
import secrets
import sys
import time

from tests.simulation.faults import DAMAGE, FAULTS, harder
from tests.simulation.week import play, play_elsewhere


def main() -> int:
    """0 if every seed holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds")
    parser.add_argument("--first", type=int, default=1, help="the number of the first of them")
    parser.add_argument("--seed", help="this one alone, with its log; 'new' draws one")
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--harder", type=float, default=1.0, help="so many times the faults")
    parser.add_argument("--processes", type=int, default=2)
    wanted = parser.parse_args()
    if wanted.seed is not None:
        seed = secrets.token_hex(4) if wanted.seed == "new" else wanted.seed
        result = play(seed, wanted.days, print, faults=harder((*FAULTS, *DAMAGE), wanted.harder))
        print(result, *result.reasons(), sep="\n")
        return 0 if result.holds else 1
    began, ratings, failed = time.perf_counter(), 0, 0
    numbers = range(wanted.first, wanted.first + wanted.seeds)
    tasks = [(str(number), wanted.days, wanted.harder) for number in numbers]
    with concurrent.futures.ProcessPoolExecutor(wanted.processes) as pool:
        for result in pool.map(play_elsewhere, tasks):
            print(result, *(f"  {reason}" for reason in result.reasons()[:10]), sep="\n", flush=True)
            ratings += result.verdict.ratings
            failed += not result.holds
    print(f"{wanted.seeds} seeds, {ratings} ratings, {failed} failed, {time.perf_counter() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
