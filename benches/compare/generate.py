"""Makes the workload of the comparison: python generate.py DIR SIZE

Six regional layers that overlap, six sparse themes, districts, a legend and three pipelines, on a grid of SIZE x SIZE pixels of 30 m
in EPSG:31976. The same arguments give the same pixels. Everything is made by blocks of rows, so memory grows with the width only.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.warp import transform_bounds

SEED = 20_260_101
CRS = "EPSG:31976"
RESOLUTION = 30.0
CENTRE = (500_000.0, 800_000.0)
ROWS = 512  # of a block; every period of a texture is a multiple of it
COARSE = 16  # pixels on a side of a cell of regions and gates
MOST_DISTRICTS = 66 * 65

LEGEND = [
    (1, "", "Forest", "#1f8d49"), (3, 1, "Forest formation", "#1f8d49"), (4, 1, "Savanna formation", "#7dc975"),
    (9, 1, "Forest plantation", "#7a5900"), (10, "", "Herbaceous and shrubby vegetation", "#d6bc74"),
    (11, 10, "Wetland", "#519799"), (12, 10, "Grassland", "#d6bc74"), (14, "", "Farming", "#ffefc3"),
    (15, 14, "Pasture", "#edde8e"), (18, 14, "Agriculture", "#e974ed"), (21, 14, "Mosaic of uses", "#ffefc3"),
    (39, 18, "Soybean", "#f5b3c8"), (41, 18, "Other temporary crops", "#f54ca9"),
    (22, "", "Non-vegetated area", "#d4271e"), (24, 22, "Urban area", "#d4271e"),
    (25, 22, "Other non-vegetated areas", "#db4d4f"), (30, 22, "Mining", "#9c0027"), (26, "", "Water", "#2532e4"),
    (33, 26, "River and lake", "#2532e4"),
]  # fmt: skip

TILED_512 = {"tiled": True, "blockxsize": 512, "blockysize": 512}
TILED_256 = {"tiled": True, "blockxsize": 256, "blockysize": 256}
DEFLATE = {"compress": "deflate", "zlevel": 6}
LZW = {"compress": "lzw"}
ZSTD = {"compress": "zstd", "zstd_level": 3}


def strips(rows: int) -> dict:
    return {"tiled": False, "blockysize": rows}


REGIONS = [
    DEFLATE | TILED_512,
    LZW | strips(1),
    ZSTD | TILED_512,
    DEFLATE | strips(16),
    LZW | TILED_256,
    ZSTD | TILED_256,
]


@dataclass
class Theme:
    """A sparse layer: where its gate is open and its texture lies within a band, it is one of its classes."""

    name: str
    classes: list[int]
    open: float  # share of the cells that its gate leaves open
    band: tuple[int, int]  # of the texture, 0 to 255
    layout: dict
    offset: tuple[float, float] = (0.0, 0.0)  # of the grid, in pixels
    degrees: bool = False  # in EPSG:4326


# The first prevails.
THEMES = [
    Theme("mining", [30], 0.10, (246, 255), DEFLATE | TILED_512),
    Theme("urban", [24], 0.15, (238, 255), LZW | TILED_256, offset=(1 / 3, 1 / 3)),
    Theme("water", [33], 0.50, (126, 131), DEFLATE | strips(1)),
    Theme("plantation", [9], 0.20, (220, 255), LZW | strips(16)),
    Theme("agriculture", [39, 41], 0.30, (0, 60), ZSTD | TILED_512),
    Theme("pasture", [15], 0.30, (100, 150), DEFLATE | TILED_256, degrees=True),
]


@dataclass
class Textures:
    """Fractal noise, periodic, with values 0 to 255 equally frequent, repeated to the right as far as is needed."""

    patches: np.ndarray
    kinds: np.ndarray
    themes: np.ndarray


def fractal(rng: np.random.Generator, size: int, slope: float, speckle: float) -> np.ndarray:
    """Noise of a power spectrum f^-slope with independent noise of a standard deviation of `speckle` on top."""
    across = np.fft.rfftfreq(size).astype(np.float32)
    down = np.fft.fftfreq(size).astype(np.float32)
    frequency = np.maximum(np.hypot(down[:, None], across[None, :]), 1 / 512)  # nothing larger than 512 pixels
    spectrum = np.fft.rfft2(rng.standard_normal((size, size), dtype=np.float32)) * frequency ** (-slope / 2)
    noise = np.fft.irfft2(spectrum, s=(size, size)).astype(np.float32)
    noise /= noise.std()
    noise += rng.standard_normal(noise.shape, dtype=np.float32) * speckle
    edges = np.quantile(noise[::7, ::7], np.linspace(0, 1, 257)[1:-1])
    # Levels by a fine table: a search for every pixel would be slow.
    table = np.searchsorted(edges, np.linspace(-6, 6, 8192)).astype(np.uint8)
    return table[np.clip((noise + 6) * (8191 / 12), 0, 8191).astype(np.int16)]


def textures(width: int, slope: float, speckle: float) -> Textures:
    rng = np.random.default_rng(SEED)

    def wide(size: int, speckle: float) -> np.ndarray:
        tile = fractal(rng, size, slope, speckle)
        return np.tile(tile, (1, math.ceil((width + 4096) / size)))

    return Textures(wide(4096, speckle), wide(3584, speckle), wide(4608, speckle / 2))


def smooth(rng: np.random.Generator, height: int, width: int, cell: int = 1024) -> np.ndarray:
    """A smooth field of mean 0 and deviation 1 on coarse cells, with features of about `cell` pixels."""

    def weights(pixels: int) -> np.ndarray:
        nodes = pixels // cell + 2
        at = (np.arange(math.ceil(pixels / COARSE)) + 0.5) * COARSE / cell
        low = at.astype(int)
        share = (1 - np.cos((at - low) * np.pi)) / 2
        matrix = np.zeros((at.size, nodes), dtype=np.float32)
        matrix[np.arange(at.size), low] = 1 - share
        matrix[np.arange(at.size), low + 1] = share
        return matrix

    down, across = weights(height), weights(width)
    field = down @ rng.standard_normal((down.shape[1], across.shape[1]), dtype=np.float32) @ across.T
    return (field - field.mean()) / field.std()


def spread(cells: np.ndarray, row: int, rows: int, width: int) -> np.ndarray:
    """A block's rows of a field of coarse cells."""
    part = cells[row // COARSE : math.ceil((row + rows) / COARSE)]
    return np.repeat(np.repeat(part, COARSE, axis=0)[:rows], COARSE, axis=1)[:, :width]


def class_tables(rng: np.random.Generator) -> np.ndarray:
    """The class of each of 4 biomes x 8 levels x 8 levels: every biome has its common and its rare classes."""
    common = [[3, 3, 3, 3, 11, 15], [4, 4, 12, 15, 3, 18], [15, 15, 18, 21, 3, 4], [12, 12, 21, 15, 11, 25]]
    return np.concatenate([rng.choice(classes, 64) for classes in common]).astype(np.uint8)


def region_mask(rng: np.random.Generator, number: int, size: int) -> np.ndarray:
    """One of 3 x 2 regions, wavy, reaching into its neighbours, with holes that nobody has mapped (coarse cells)."""
    column, row = number % 3, number // 3
    cells = math.ceil(size / COARSE)
    at = (np.arange(cells) + 0.5) / cells
    wave = [0.02 * smooth(rng, size, size) for _ in range(2)]
    across = np.abs(at[None, :] - (column + 0.5) / 3 + wave[0]) < (0.5 / 3 + 0.05)
    down = np.abs(at[:, None] - (row + 0.5) / 2 + wave[1]) < (0.25 + 0.05)
    return across & down & (smooth(rng, size, size, 512) < 2.3)


def profile(width: int, height: int, crs: str, transform: Affine, layout: dict) -> dict:
    return {
        "driver": "GTiff", "dtype": "uint8", "count": 1, "nodata": 0, "width": width, "height": height, "crs": crs,
        "transform": transform, "num_threads": "all_cpus", "bigtiff": "if_safer", **layout,
    }  # fmt: skip


def write(path: Path, facts: dict, block) -> None:
    """Writes a raster by blocks of rows; `block(row, rows)` gives the pixels."""
    with rasterio.open(path, "w", **facts) as raster:
        for row in range(0, facts["height"], ROWS):
            rows = min(ROWS, facts["height"] - row)
            raster.write(block(row, rows), 1, window=((row, row + rows), (0, facts["width"])))


def write_region(folder: Path, number: int, size: int, transform: Affine, noise: Textures) -> None:
    rng = np.random.default_rng([SEED, 1, number])
    mask = region_mask(rng, number, size)
    # Biomes and the meaning of levels are the same in all layers, so that partners mostly agree where they overlap.
    shared = np.random.default_rng([SEED, 0])
    biomes = np.digitize(smooth(shared, size, size, 4096), [-0.7, 0.0, 0.7]).astype(np.uint8) << 6
    table = class_tables(shared)
    shift = [3 * number, 7 * number]

    def block(row: int, rows: int) -> np.ndarray:
        def part(texture: np.ndarray, shift: int) -> np.ndarray:
            first = row % texture.shape[0]
            return texture[first : first + rows, shift : shift + size]

        code = (part(noise.patches, shift[0]) >> 2) & 0x38
        code |= part(noise.kinds, shift[1]) >> 5
        code |= spread(biomes, row, rows, size)
        classes = np.take(table, code)
        classes *= spread(mask, row, rows, size)
        return classes

    write(folder / f"region{number + 1}.tif", profile(size, size, CRS, transform, REGIONS[number]), block)


def write_theme(folder: Path, number: int, size: int, transform: Affine, noise: Textures) -> None:
    theme = THEMES[number]
    rng = np.random.default_rng([SEED, 2, number])
    width, height, crs = size, size, CRS
    if theme.degrees:
        west, north = transform.c, transform.f
        reach = size * RESOLUTION
        left, bottom, right, top = transform_bounds(CRS, "EPSG:4326", west, north - reach, west + reach, north, densify_pts=99)
        step = 0.00027
        width, height, crs = math.ceil((right - left) / step) + 8, math.ceil((top - bottom) / step) + 8, "EPSG:4326"
        transform = Affine(step, 0, left - 4 * step, 0, -step, top + 4 * step)
    transform = transform * Affine.translation(*theme.offset)
    gate = smooth(rng, height, width)
    gate = (gate > np.quantile(gate, 1 - theme.open)).astype(np.uint8)
    kinds = (np.array(theme.classes, dtype=np.uint8))[(smooth(rng, height, width, 256) > 0).astype(int) % len(theme.classes)]
    cells = gate * kinds
    shift = 491 * number

    def block(row: int, rows: int) -> np.ndarray:
        first = row % noise.themes.shape[0]
        part = noise.themes[first : first + rows, shift : shift + width]
        low, high = theme.band
        inside = part - np.uint8(low) <= high - low if low else part <= high
        return spread(cells, row, rows, width) * inside

    write(folder / f"{theme.name}.tif", profile(width, height, crs, transform, theme.layout), block)


def write_districts(folder: Path, size: int, transform: Affine) -> int:
    """A jittered grid of polygons with shared, crooked edges, a little smaller than the map."""
    rng = np.random.default_rng([SEED, 3])
    across = max(2, min(66, round(66 * size / 24_576)))
    down = max(2, min(65, round(65 * size / 24_576)))
    steps = 8  # pieces of an edge
    margin = 0.01 * size
    cell = [(size - 2 * margin) / across, (size - 2 * margin) / down]
    corners = rng.uniform(-0.2, 0.2, (down + 1, across + 1, 2)) * cell
    grid = np.stack(np.meshgrid(np.arange(across + 1) * cell[0], np.arange(down + 1) * cell[1]), axis=-1) + margin
    corners = grid + corners

    def edge(start: np.ndarray, end: np.ndarray) -> np.ndarray:
        along = np.linspace(0, 1, steps + 1)[:, None]
        points = start * (1 - along) + end * along
        # Less towards the corners, so that edges never cross.
        reach = 0.05 * min(cell) * np.sin(np.pi * along[1:-1])
        points[1:-1] += rng.uniform(-1, 1, (steps - 1, 2)) * reach
        return points

    rows = [[edge(corners[row, col], corners[row, col + 1]) for col in range(across)] for row in range(down + 1)]
    columns = [[edge(corners[row, col], corners[row + 1, col]) for col in range(across + 1)] for row in range(down)]
    polygons = []
    for row in range(down):
        for col in range(across):
            ring = [rows[row][col], columns[row][col + 1], rows[row + 1][col][::-1], columns[row][col][::-1]]
            points = np.concatenate([part[:-1] for part in ring])
            polygons.append(shapely.Polygon(np.stack(transform * points.T, axis=-1)))
    assert all(polygon.is_valid for polygon in polygons)
    numbers = [f"D{number:05}" for number in range(1, len(polygons) + 1)]
    frame = geopandas.GeoDataFrame({"did": numbers, "geometry": polygons}, crs=CRS)
    frame.to_file(folder / "districts.gpkg", layer="districts", driver="GPKG")
    return len(polygons)


def pipeline(size: int, transform: Affine, name: str, outputs: str) -> str:
    layers = "\n".join(
        f"  {theme.name}: {{ partner: themes, source: {theme.name}.tif"
        + (", resample: nearest" if theme.degrees or any(theme.offset) else "")
        + f", classes: {theme.classes} }}"
        for theme in THEMES
    )
    layers += "".join(f"\n  region{number}: {{ partner: regions, source: region{number}.tif }}" for number in range(1, 7))
    return f"""mutirao: 1
id: compare-{name}
title: The workload of the comparison, {size} x {size}
version: 1
license: CC0-1.0
grid: {{ crs: {CRS}, origin: [{transform.c}, {transform.f}], resolution: {RESOLUTION:g}, size: [{size}, {size}] }}
legend: legend.csv
periods: [2020]
partners:
  themes: {{ name: Themes, url: "https://themes.example", license: CC0-1.0, attribution: Themes }}
  regions: {{ name: Regions, url: "https://regions.example", license: CC0-1.0, attribution: Regions }}
layers:
{layers}
coverage: {{ method: first }}
territories:
  district: {{ source: districts.gpkg, key: did, name: did }}
outputs: {{ {outputs}, tile: 512, nodata: 0, patches: none }}
"""


# Overviews as in the recipe that is compared with; the full variant has what a release has by default.
VARIANTS = {
    "pipeline": ("deflate", "compression: { deflate: 6 }, overviews: nearest, agreement: false, provenance: source"),
    "pipeline-zstd": ("zstd", "compression: { zstd: 3 }, overviews: nearest, agreement: false, provenance: source"),
    "pipeline-full": ("full", "compression: { deflate: 6 }, overviews: mode, agreement: true, provenance: true"),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("dir", type=Path)
    arguments.add_argument("size", type=int)
    arguments.add_argument("--slope", type=float, default=3.5, help="of the power spectrum of patches")
    arguments.add_argument("--speckle", type=float, default=0.015, help="noise at the borders of classes")
    given = arguments.parse_args()
    folder, size = given.dir, given.size
    folder.mkdir(parents=True, exist_ok=True)
    transform = Affine(
        RESOLUTION, 0, CENTRE[0] - size // 2 * RESOLUTION, 0, -RESOLUTION, CENTRE[1] + size // 2 * RESOLUTION
    )
    legend = "".join(",".join(map(str, line)) + "\n" for line in [("id", "parent", "name", "color"), *LEGEND])
    (folder / "legend.csv").write_text(legend, encoding="utf-8")
    for name, (ending, outputs) in VARIANTS.items():
        (folder / f"{name}.yaml").write_text(pipeline(size, transform, ending, outputs), encoding="utf-8")
    print(f"{write_districts(folder, size, transform)} districts", file=sys.stderr)
    noise = textures(size + size // 16, given.slope, given.speckle)
    for number in range(6):
        write_region(folder, number, size, transform, noise)
        write_theme(folder, number, size, transform, noise)
        print(f"{2 * number + 2} of 12 layers", file=sys.stderr)


if __name__ == "__main__":
    main()
