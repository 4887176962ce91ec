"""Timings that a busy machine spoils least: ways alternate, and ratios are paired."""

import time
from collections.abc import Callable

from case import summary

Reading = tuple[float, float]


def clock() -> Reading:
    """Wall clock and processor time of this process [s]."""
    return time.perf_counter(), time.process_time()


def alternate(
    ways: dict[str, Callable[[], tuple[Reading, Reading, int]]], repetitions: int
) -> dict[str, list[dict[str, float]]]:
    """Measure each way once in every repetition: A B C, then A B C again.

    Parameters
    ----------
    ways : dict of callables
        Each warms up, then gives the clock before and after and how many windows it presented.
    repetitions : int

    Returns
    -------
    dict of lists
        By way and repetition: windows per second, and per second of processor time.
    """
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _ in range(repetitions):
        for name, way in ways.items():
            before, after, windows = way()
            wall, cpu = (b - a for a, b in zip(before, after, strict=True))
            found[name].append({"wall": windows / wall, "cpu": windows / cpu})
    return found


def paired(found: dict[str, list[dict[str, float]]], base: str) -> dict[str, dict]:
    """Summarise each way: windows per second, and their ratio to the base in each repetition."""
    table = {}
    for name, rates in found.items():
        table[name] = {
            "windows_per_second": summary([r["wall"] for r in rates]),
            "ratio": summary(
                [r["wall"] / b["wall"] for r, b in zip(rates, found[base], strict=True)]
            ),
            "ratio_cpu": summary(
                [r["cpu"] / b["cpu"] for r, b in zip(rates, found[base], strict=True)]
            ),
        }
    return table
