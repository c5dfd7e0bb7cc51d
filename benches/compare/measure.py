"""What a process and all its children cost."""

from __future__ import annotations

import subprocess
import tempfile
import time
from dataclasses import dataclass
from statistics import median


@dataclass
class Cost:
    """CPU seconds (user and system, children included), wall seconds, and the peak memory of the largest process in MB."""

    cpu: float = 0.0
    wall: float = 0.0
    memory: float = 0.0

    def then(self, other: Cost) -> Cost:
        """The cost of both, one after the other."""
        return Cost(self.cpu + other.cpu, self.wall + other.wall, max(self.memory, other.memory))


@dataclass
class Spread:
    """Median, least and greatest of some numbers."""

    middle: float
    least: float
    greatest: float

    @staticmethod
    def of(values) -> Spread:
        values = list(values)
        return Spread(median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.least:.2f}-{self.greatest:.2f})"


def ratios(over: list[Cost], under: list[Cost], of: str = "cpu") -> Spread:
    """The ratio of each pair's costs: `cpu` or `wall`."""
    return Spread.of(getattr(a, of) / getattr(b, of) for a, b in zip(over, under, strict=True))


def timed(command: list, output=subprocess.DEVNULL) -> Cost:
    """Runs a command, its standard output to `output`, and says what it cost.

    GNU time stands between, because a child that Python starts counts Python's own memory as its peak.
    Raises where it fails, with what it said.
    """
    words = [str(word) for word in command]
    with tempfile.NamedTemporaryFile("r") as measured:
        start = time.perf_counter()
        ended = subprocess.run(
            ["/usr/bin/time", "--quiet", "-f", "%U %S %M", "-o", measured.name, *words], stdout=output, stderr=subprocess.PIPE
        )
        wall = time.perf_counter() - start
        if ended.returncode != 0:
            raise RuntimeError(f"{' '.join(words)} ended with {ended.returncode}: {ended.stderr.decode(errors='replace')[-2000:]}")
        user, system, kilobytes = measured.read().split()
    return Cost(float(user) + float(system), wall, float(kilobytes) / 1024)
