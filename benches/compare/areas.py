"""Areas by district and class: what they cost inside a run, and on a finished COG against GDAL and exactextract: goal 4."""

from __future__ import annotations

import csv
import math
import sys
from collections import Counter
from pathlib import Path

import geopandas
import numpy as np
import rasterio

from bench import COMPARABLE, Bench
from equality import Unequal, same_counts, zonal_counts
from measure import Spread, ratios, timed
from recipe import Recipe
from report import Goal, Row, Section, at_least
from variants import without_territories, write_variant


def measure(bench: Bench) -> list[Section]:
    return [inside(bench), finished(bench)]


def inside(bench: Bench) -> Section:
    """Runs with and without territories."""
    bare = write_variant(bench.dir, "without-territories", without_territories)
    counting, without = [], []
    for _ in range(bench.pairs):
        counting.append(bench.run(bench.dir / COMPARABLE)[0])
        without.append(bench.run(bare)[0])
    share = Spread.of(100 * (a.cpu - b.cpu) / a.cpu for a, b in zip(counting, without, strict=True))
    section = Section("Areas by district inside a run (deflate)")
    section.rows = [Row("with districts", counting), Row("without", without)]
    reached = f"{share.middle:.1f} % ({share.least:.1f}-{share.greatest:.1f})"
    section.goals = [Goal(4, "areas by district, of a run's CPU", "<= 8 %", reached, share.middle <= 8)]
    return section


def finished(bench: Bench) -> Section:
    """`mutirao areas` against the peers, each once a pair."""
    folder, coverage = bench.folder("areas"), bench.coverage
    districts = bench.dir / "districts.gpkg"
    has_peer = bench.gdal and bench.gdal.has_zones
    recipe = Recipe(bench.gdal, bench.dir, folder, bench.warp_error) if has_peer else None
    ours, gdal, exact = [], [], []
    child = Path(__file__).with_name("exactextract_child.py")
    for _ in range(bench.pairs):
        out = folder / "areas.csv"
        command = [bench.mutirao, "areas", coverage, "--territories", districts, "--key", "did", "--out", out, "--overwrite"]
        ours.append(timed(command))
        if recipe:
            gdal.append(recipe.zonal_statistics(coverage, folder / "areas.json"))
        exact.append(timed([sys.executable, child, coverage, districts, folder / "exact.csv"]))
        print(f"areas, {len(ours)} of {bench.pairs}", file=sys.stderr)
    section = Section("Areas of a finished coverage by district and class")
    section.rows = [Row("mutirao areas", ours)]
    counts = our_counts(folder / "areas.csv")
    if recipe:
        section.notes.append(f"Equal: {same_counts(counts, zonal_counts(folder / 'areas.json')):,} counts, by pixel centres (GDAL).")
        ratio = ratios(gdal, ours)
        section.rows.append(Row("gdal raster zonal-stats", gdal, ratio=f"CPU {ratio} x Mutirão"))
        section.goals.append(at_least(4, "zonal-stats' CPU by `mutirao areas`", 3, ratio))
    section.notes.append(near(counts, exact_counts(folder / "exact.csv"), outline_pixels(bench)))
    section.rows.append(Row("exactextract", exact, ratio=f"CPU {ratios(exact, ours)} x Mutirão"))
    return section


def our_counts(path: Path) -> Counter:
    counts: Counter = Counter()
    with open(path, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["territory"] and row["class"] != "0" and row["pixels"] != "0":
                counts[row["territory"], int(row["class"])] += int(row["pixels"])
    return counts


def exact_counts(path: Path) -> dict[tuple[str, int], float]:
    with open(path, encoding="utf-8", newline="") as lines:
        return {(row["did"], int(row["class"])): float(row["pixels"]) for row in csv.DictReader(lines)}


def outline_pixels(bench: Bench) -> dict[str, int]:
    """How many pixels the outline of each district can touch at most: an edge of dx by dy pixels touches |dx| + |dy| + 1, rounded up."""
    frame = geopandas.read_file(bench.dir / "districts.gpkg")
    with rasterio.open(bench.coverage) as raster:
        resolution = raster.res
    touched = {}
    for did, polygon in zip(frame.did, frame.geometry, strict=True):
        steps = np.abs(np.diff(np.asarray(polygon.exterior.coords), axis=0)) / resolution
        touched[did] = math.ceil(steps.sum()) + 2 * len(steps)
    return touched


def near(ours: Counter, theirs: dict[tuple[str, int], float], touched: dict[str, int]) -> str:
    """How near centres and covered shares are; raises `Unequal` beyond the pixels that an outline touches."""
    furthest = 0.0
    for did, klass in ours.keys() | theirs.keys():
        off = abs(ours[did, klass] - theirs.get((did, klass), 0.0))
        if off > touched[did]:
            raise Unequal(f"district {did}, class {klass}: {ours[did, klass]} pixels, exactextract {theirs.get((did, klass), 0.0)}")
        furthest = max(furthest, off)
    total = sum(ours.values()) / sum(theirs.values()) - 1
    return (
        f"exactextract weighs pixels by the share that is covered, so counts differ at outlines: by {furthest:.1f} pixels at most, where "
        f"an outline touches up to {max(touched.values()):,}; by {total:+.2e} in all."
    )
