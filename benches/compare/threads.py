"""What a second thread gains, in a run and in the floor: goal 6."""

from __future__ import annotations

from bench import COMPARABLE, Bench, floor_cost
from measure import Spread, ratios
from report import Row, Section, at_least


def measure(bench: Bench) -> Section:
    ours: dict[int, list] = {1: [], 2: []}
    floor: dict[int, list] = {1: [], 2: []}
    for _ in range(bench.pairs):
        for threads in ours:
            cost, release = bench.run(bench.dir / COMPARABLE, threads=threads)
            ours[threads].append(cost)
            floor[threads].append(floor_cost(bench.said_by_floor(release, "deflate", bench.inputs, threads)))
    section = Section("A second thread (deflate)")
    gains = []
    for label, costs in (("Mutirão", ours), ("floor", floor)):
        gain = ratios(costs[1], costs[2], "wall")
        gains.append([one.wall / two.wall for one, two in zip(costs[1], costs[2], strict=True)])
        section.rows += [Row(f"{label}, 1 thread", costs[1]), Row(f"{label}, 2 threads", costs[2], ratio=f"wall gains {gain}")]
    share = Spread.of(a / b for a, b in zip(*gains, strict=True))
    section.goals.append(at_least(6, "gain by a second thread, as a share of the floor's", 0.95, share))
    return section
