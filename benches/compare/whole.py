"""Whole runs against the recipe of GDAL and against the floor: goals 1, 2 and 3."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field

from bench import CODECS, Bench, floor_cost, rasters_size
from equality import check
from measure import Cost, Spread, ratios
from recipe import Recipe
from report import Goal, Row, Section, at_least, at_most

# The pipeline of each variant, its codec, and whether the recipe of GDAL makes the same products.
VARIANTS = {
    "deflate": ("pipeline.yaml", "deflate", True),
    "zstd": ("pipeline-zstd.yaml", "zstd", True),
    "full": ("pipeline-full.yaml", "deflate", False),
}
LEAST_TIMES_GDAL = 5
MOST_TIMES_THE_FLOOR = {"deflate": 1.3, "zstd": 1.5}
MOST_MEMORY = 512  # MB
MOST_GROWTH = 1.1  # from M to L: none but noise


@dataclass
class Results:
    """What was measured of a variant, run by run."""

    ours: list[Cost] = field(default_factory=list)
    gdal: list[Cost] = field(default_factory=list)
    floor: list[Cost] = field(default_factory=list)
    phases: list[tuple[float, float]] = field(default_factory=list)  # CPU seconds of decoding and encoding
    sizes: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def measure(bench: Bench) -> Section:
    section = Section("A whole run")
    for variant in bench.variants:
        results = run_variant(bench, variant)
        add(section, variant, results)
        section.goals += growth(bench, variant, max(cost.memory for cost in results.ours))
    return section


def growth(bench: Bench, variant: str, memory: float) -> list[Goal]:
    """Peak memory by that of M, where this is L and M was measured beside it. What is found is kept for the next."""
    path, smaller = bench.dir / "peaks.json", bench.dir.parent / "M/peaks.json"
    peaks = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(peaks | {variant: memory}), encoding="utf-8")
    before = json.loads(smaller.read_text(encoding="utf-8")).get(variant) if smaller.exists() else None
    if bench.dir.name != "L" or before is None:
        return []
    reached = f"{memory / before:.2f} ({before:.0f} and {memory:.0f} MB)"
    return [Goal(3, f"peak memory of L by that of M, {variant}", f"<= {MOST_GROWTH}", reached, memory <= MOST_GROWTH * before)]


def run_variant(bench: Bench, variant: str) -> Results:
    pipeline, codec, has_counterpart = VARIANTS[variant]
    recipe = Recipe(bench.gdal, bench.dir, bench.work / "gdal", bench.warp_error) if bench.gdal and has_counterpart else None
    results = Results()
    for pair in range(bench.pairs):
        cost, release = bench.run(bench.dir / pipeline)
        results.ours.append(cost)
        results.sizes["ours"] = rasters_size(release)
        said = bench.said_by_floor(release, codec, bench.inputs)
        results.floor.append(floor_cost(said))
        results.phases.append((said["decode"]["cpu_s"], said["encode"]["cpu_s"]))
        results.sizes["floor"] = said["encode"]["packed_bytes"]
        if recipe:
            results.gdal.append(recipe.run(*CODECS[codec]))
            results.sizes["gdal"] = recipe.outputs_size()
            if pair == 0:
                results.notes.append(f"Equal ({variant}): {check(release, recipe, bench.warp_error)}")
        print(f"{variant}, pair {pair + 1} of {bench.pairs}: {results.ours[-1]}", file=sys.stderr)
    if recipe:
        steps = ", ".join(f"{step} {cost.cpu:.1f}" for step, cost in recipe.steps.items())
        results.notes.append(f"GDAL's CPU s by step ({variant}): {steps}.")
        if not bench.gdal.has_zones:
            results.notes.append("This GDAL has no zonal statistics, so its side makes no areas by district.")
    decode, encode = (Spread.of(phase[at] for phase in results.phases) for at in (0, 1))
    results.notes.append(f"The floor's CPU s ({variant}): decoding {decode}, encoding {encode}.")
    return results


def add(section: Section, variant: str, results: Results) -> None:
    """The rows, notes and goals of a variant."""
    codec = VARIANTS[variant][1]
    over = ratios(results.ours, results.floor)
    rows = [Row(f"Mutirão, {variant}", results.ours, results.sizes["ours"], f"CPU {over} x the floor")]
    if results.gdal:
        cpu, wall = (ratios(results.gdal, results.ours, of) for of in ("cpu", "wall"))
        rows.append(Row(f"GDAL, {variant}", results.gdal, results.sizes["gdal"], f"CPU {cpu}, wall {wall} x Mutirão"))
        section.goals += [
            at_least(1, f"GDAL's CPU by ours, {variant}", LEAST_TIMES_GDAL, cpu),
            at_least(1, f"GDAL's wall time by ours, {variant}", LEAST_TIMES_GDAL, wall),
        ]
    rows.append(Row(f"floor, {variant}", results.floor, results.sizes["floor"]))
    section.rows += rows
    section.notes += results.notes
    section.goals.append(at_most(2, f"CPU by the floor's, {variant}", MOST_TIMES_THE_FLOOR[codec], over))
    memory = max(cost.memory for cost in results.ours)
    section.goals.append(Goal(3, f"peak memory, {variant}", f"<= {MOST_MEMORY} MB", f"{memory:.0f} MB", memory <= MOST_MEMORY))
