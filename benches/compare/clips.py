"""Real maps: a made-up one is easily too smooth, or too rough.

Two: crops of Kansas (USDA's Cropland Data Layer, 1,000 x 1,000 pixels, repeated in mirror images to 8,000 x 8,000, cut into two
regional layers, with three themes of its crop frequencies), and land cover of the Gulf of Guinea (ESA WorldCover, 36,000 x 36,000,
mostly sea), as it is.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio

from bench import CODECS, Bench, floor_cost, rasters_size
from equality import check
from generate import DEFLATE, LZW, TILED_256, TILED_512, ZSTD, strips
from measure import ratios
from recipe import Recipe
from report import Row, Section, at_least, at_most
from whole import LEAST_TIMES_GDAL, MOST_TIMES_THE_FLOOR

REPEATED = 8
KANSAS = "data/usda-cdl-kansas/unsplit"
GUINEA = "data/worldcover-2020-gulf-of-guinea/ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
# Where a crop was grown in at least so many of 14 years, a theme says its class.
THEMES = {"wheat": (24, DEFLATE | strips(16)), "corn": (1, LZW | TILED_256), "soybeans": (5, ZSTD | TILED_512)}
LEAST_YEARS = 6


@dataclass
class Clip:
    """A real map as a workload: a folder with a file a layer and pipeline.yaml."""

    name: str
    title: str
    folder: Path
    layers: list[str]


def measure(bench: Bench) -> list[Section]:
    made = [make for make, source in ((kansas, KANSAS), (guinea, GUINEA)) if (bench.shared / source).exists()]
    if not made:
        return [Section("Real maps", notes=["Skipped: the data is not here."])]
    return [compare(bench, make(bench)) for make in made]


def compare(bench: Bench, clip: Clip) -> Section:
    """As a whole run, without districts and without a warped layer."""
    recipe = Recipe(bench.gdal, clip.folder, bench.work / "gdal", bench.warp_error, clip.layers, []) if bench.gdal else None
    ours, gdal, floor = [], [], []
    section = Section(clip.title)
    for pair in range(bench.pairs):
        cost, release = bench.run(clip.folder / "pipeline.yaml")
        ours.append(cost)
        floor.append(floor_cost(bench.said_by_floor(release, "deflate", [clip.folder / f"{layer}.tif" for layer in clip.layers])))
        if recipe:
            gdal.append(recipe.run(*CODECS["deflate"]))
            if pair == 0:
                section.notes.append(f"Equal: {check(release, recipe, bench.warp_error)}")
        print(f"{clip.title}, {pair + 1} of {bench.pairs}", file=sys.stderr)
    over = ratios(ours, floor)
    section.rows.append(Row("Mutirão", ours, rasters_size(release), f"CPU {over} x the floor"))
    section.goals.append(at_most(2, f"CPU by the floor's, {clip.name}", MOST_TIMES_THE_FLOOR["deflate"], over))
    if recipe:
        cpu, wall = (ratios(gdal, ours, of) for of in ("cpu", "wall"))
        section.goals += [
            at_least(1, f"GDAL's CPU by ours, {clip.name}", LEAST_TIMES_GDAL, cpu),
            at_least(1, f"GDAL's wall time by ours, {clip.name}", LEAST_TIMES_GDAL, wall),
        ]
        section.rows.append(Row("GDAL", gdal, recipe.outputs_size(), f"CPU {cpu}, wall {wall} x Mutirão"))
    section.rows.append(Row("floor", floor))
    return section


def kansas(bench: Bench) -> Clip:
    folder = bench.work / "kansas"
    layers = [*THEMES, "south", "north"]
    clip = Clip("Kansas", f"Crops of Kansas, repeated to {1000 * REPEATED:,} x {1000 * REPEATED:,} (deflate)", folder, layers)
    folder.mkdir(exist_ok=True)
    source = bench.shared / KANSAS
    crops, facts = read(source / "2021_30m_cdls.tif")
    size = crops.shape[0]
    for name, (klass, layout) in THEMES.items():
        years, _ = read(source / f"crop_frequency_{name}_2008-2021.tif")
        theme = np.where((years >= LEAST_YEARS) & (years <= 14), klass, 0).astype(np.uint8)
        write(folder / f"{name}.tif", theme, facts | layout)
    south, north = crops.copy(), crops.copy()
    south[: 4 * size // 10], north[6 * size // 10 :] = 0, 0
    write(folder / "south.tif", south, facts | LZW | TILED_512)
    write(folder / "north.tif", north, facts | DEFLATE | TILED_512)
    transform = facts["transform"]
    grid = f"{{ crs: {facts['crs'].to_string()}, origin: [{transform.c}, {transform.f}], resolution: {transform.a:g}, size: [{size}, {size}] }}"
    write_pipeline(folder, "kansas", grid, {layer: f"{layer}.tif" for layer in layers}, np.unique(crops))
    return clip


def read(path: Path) -> tuple[np.ndarray, dict]:
    """The pixels, repeated in mirror images, and what a file of them needs."""
    with rasterio.open(path) as raster:
        pixels = raster.read(1)
        facts = {"crs": raster.crs, "transform": raster.transform}
    pair = np.concatenate([pixels, pixels[:, ::-1]], axis=1)
    four = np.concatenate([pair, pair[::-1]], axis=0)
    return np.tile(four, (REPEATED // 2, REPEATED // 2)), facts


def write(path: Path, pixels: np.ndarray, facts: dict) -> None:
    height, width = pixels.shape
    shape = {"driver": "GTiff", "dtype": "uint8", "count": 1, "nodata": 0, "width": width, "height": height}
    with rasterio.open(path, "w", **shape, **facts) as raster:
        raster.write(pixels, 1)


def guinea(bench: Bench) -> Clip:
    folder = bench.work / "guinea"
    folder.mkdir(exist_ok=True)
    # GDAL keeps statistics beside what it reads, and shared data is not ours to write to.
    link = folder / "worldcover.tif"
    link.unlink(missing_ok=True)
    link.symlink_to(bench.shared / GUINEA)
    write_pipeline(folder, "guinea", "{ like: worldcover.tif }", {"worldcover": "worldcover.tif"}, range(10, 101, 5))
    return Clip("Gulf of Guinea", "Gulf of Guinea, 36,000 x 36,000 (deflate)", folder, ["worldcover"])


def write_pipeline(folder: Path, name: str, grid: str, layers: dict[str, str], classes) -> None:
    legend = [f"{klass},,class {klass},#{int(klass) * 2654435761 % 0xFFFFFF:06x}" for klass in classes if klass]
    (folder / "legend.csv").write_text("\n".join(["id,parent,name,color", *legend, ""]), encoding="utf-8")
    lines = [f"  {layer}: {{ source: {source}, license: CC0-1.0 }}" for layer, source in layers.items()]
    (folder / "pipeline.yaml").write_text(
        f"""mutirao: 1
id: compare-{name}
title: A real map
version: 1
license: CC0-1.0
grid: {grid}
legend: legend.csv
periods: [2020]
layers:
{chr(10).join(lines)}
coverage: {{ method: first }}
outputs: {{ compression: {{ deflate: 6 }}, overviews: nearest, agreement: false, provenance: source, tile: 512, nodata: 0, patches: none }}
""",
        encoding="utf-8",
    )
