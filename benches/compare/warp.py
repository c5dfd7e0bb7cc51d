"""What the warped layer costs beyond the same pixels on the grid: goal 5."""

from __future__ import annotations

import sys
from pathlib import Path

import rasterio
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from bench import Bench
from generate import ROWS, THEMES
from measure import Cost, Spread
from report import Goal, Row, Section
from variants import warped_layer, with_source, without_layer, write_variant


def write_on_grid(folder: Path, layer: str) -> str:
    """The layer warped onto the coverage's grid, in the layout of its own file; the name of the file."""
    name = f"{layer}-on-grid.tif"
    layout = next(theme.layout for theme in THEMES if theme.name == layer)
    if (folder / name).exists():
        return name
    with rasterio.open(folder / "region1.tif") as grid, rasterio.open(folder / f"{layer}.tif") as source:
        profile = grid.profile
        for key in ("compress", "tiled", "blockxsize", "blockysize", "interleave"):
            profile.pop(key, None)
        options = {"crs": grid.crs, "transform": grid.transform, "width": grid.width, "height": grid.height}
        with WarpedVRT(source, resampling=Resampling.nearest, nodata=0, **options) as warped:
            with rasterio.open(folder / f"{name}.part", "w", **profile, **layout) as out:
                for row in range(0, grid.height, ROWS):
                    window = ((row, min(row + ROWS, grid.height)), (0, grid.width))
                    out.write(warped.read(1, window=window), 1, window=window)
    (folder / f"{name}.part").rename(folder / name)
    return name


def measure(bench: Bench) -> Section:
    layer = warped_layer()
    on_grid = write_on_grid(bench.dir, layer)
    pipelines = {
        "warped": bench.dir / "pipeline.yaml",
        "on-grid": write_variant(bench.dir, "on-grid", lambda text: with_source(text, layer, on_grid)),
        "without-layer": write_variant(bench.dir, "without-layer", lambda text: without_layer(text, layer)),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in pipelines}
    coverages = {}
    for number in range(bench.pairs):
        for name, pipeline in pipelines.items():
            cost, release = bench.run(pipeline, name)
            costs[name].append(cost)
            coverages[name] = release / "coverage/2020.tif"
        print(f"warp, {number + 1} of {bench.pairs}", file=sys.stderr)
    return section_of(layer, costs, coverages)


def section_of(layer: str, costs: dict[str, list[Cost]], coverages: dict[str, Path]) -> Section:
    section = Section(f"The layer `{layer}`, warped and on the grid (deflate)")
    section.rows = [Row(f"Mutirão, {name}", runs) for name, runs in costs.items()]
    warped, grid = (
        Spread.of(run.cpu - least.cpu for run, least in zip(costs[name], costs["without-layer"], strict=True))
        for name in ("warped", "on-grid")
    )
    matter = differing(coverages["on-grid"], coverages["without-layer"])
    differ = differing(coverages["warped"], coverages["on-grid"])
    section.notes = [
        f"What the layer adds to a run, CPU s: warped {warped}, on the grid {grid}. "
        "A small difference of large numbers: the larger the map, the surer.",
        f"The layer changes {matter:,} pixels of the coverage; warped by us and by GDAL beforehand, {differ:,} of them differ.",
    ]
    if grid.least > 0:
        reached = f"{warped.middle / grid.middle:.2f} ({warped.least / grid.greatest:.2f}-{warped.greatest / grid.least:.2f})"
        met = warped.middle <= 2 * grid.middle
    else:
        reached, met = "on the grid it costs too little to be told from noise", None
    section.goals.append(Goal(5, "what the warped layer costs, by the same on the grid", "<= 2", reached, met))
    return section


def differing(one: Path, other: Path) -> int:
    """How many pixels of two coverages differ."""
    with rasterio.open(one) as a, rasterio.open(other) as b:
        windows = [((row, min(row + ROWS, a.height)), (0, a.width)) for row in range(0, a.height, ROWS)]
        return sum(int((a.read(1, window=window) != b.read(1, window=window)).sum()) for window in windows)
