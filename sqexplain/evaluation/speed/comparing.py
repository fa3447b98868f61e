"""Two ways to the same end, measured in turns: ratios of medians, from one run on one machine."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """One comparison: how long `name` takes, how long what it is compared with, and their ratio.

    `ratio` is seconds / against_seconds, or where `aim` starts with ">=" its inverse, "so many times faster". The
    seconds and the ratio are None where the other side is not installed.
    """

    name: str
    seconds: float
    against: str
    against_seconds: float | None
    ratio: float | None
    aim: str
    met: bool | None
    setting: str


# name, what is measured, name of what it is compared with, that, the aim
Pair = tuple[str, Callable[[], object], str, Callable[[], object] | None, str]


def compare(name: str, run, against: str, other, aim: str, repeats: int, setting: str) -> Timing:
    """Run both sides in turns and compare their medians."""
    sides = [side for side in (run, other) if side is not None]
    seconds: list[list[float]] = [[] for _ in sides]
    for turn in range(repeats + 1):
        for side, spent in zip(sides, seconds, strict=True):
            start = time.perf_counter()
            side()
            if turn:  # the first turn warms up
                spent.append(time.perf_counter() - start)
    medians = [statistics.median(spent) for spent in seconds]
    if other is None:
        return Timing(name, medians[0], f"{against} (not installed)", None, None, aim, None, setting)
    sign, bound = aim.split()
    ratio = medians[0] / medians[1] if sign == "<=" else medians[1] / medians[0]
    met = ratio <= float(bound) if sign == "<=" else ratio >= float(bound)
    return Timing(name, medians[0], against, medians[1], ratio, aim, met, setting)
