"""Layers off the grid: nearest beside GDAL's exact transformer, mode beside the words of the format, refusals, snapping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import Affine, from_origin
from rasterio.vrt import WarpedVRT
from rasterio.warp import Resampling

from networks import Release, plain_legend, publish, write_network

BOUND = 0.125  # source pixels, unless a pipeline says otherwise
LEGEND = plain_legend(range(1, 10))


@dataclass
class Grid:
    """A north-up lattice."""

    crs: str
    origin: tuple[float, float]
    resolution: float
    size: tuple[int, int] = (700, 600)

    @property
    def transform(self) -> Affine:
        return from_origin(*self.origin, self.resolution, self.resolution)

    @property
    def shape(self) -> tuple[int, int]:
        return self.size[1], self.size[0]

    def as_yaml(self) -> dict:
        return {"crs": self.crs, "origin": list(self.origin), "resolution": self.resolution, "size": list(self.size)}

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        cols, rows = np.meshgrid(np.arange(self.size[0]) + 0.5, np.arange(self.size[1]) + 0.5)
        return self.transform @ (cols, rows)


@dataclass
class Source:
    """A raster of a partner."""

    crs: str
    transform: Affine
    pixels: np.ndarray

    def write(self, path: Path, **options) -> Path:
        height, width = self.pixels.shape
        profile = dict(driver="GTiff", count=1, dtype="uint8", nodata=0, tiled=True, blockxsize=128, blockysize=64)
        place = dict(crs=self.crs, transform=self.transform, width=width, height=height)
        with rasterio.open(path, "w", **(profile | place | options)) as out:
            out.write(self.pixels, 1)
        return path

    def positions(self, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
        """Where the centres of a grid's pixels lie in the source, in its pixels: PROJ asked for every one of them."""
        x, y = Transformer.from_crs(grid.crs, self.crs, always_xy=True).transform(*grid.centres())
        if self.crs == "EPSG:4326":
            height, width = self.pixels.shape
            west = (self.transform @ (width / 2, height / 2))[0] - 180
            x = x - 360 * np.floor((x - west) / 360)
        return ~self.transform @ (x, y)

    def looked_up(self, cols: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The pixels that hold these positions, nothing outside."""
        height, width = self.pixels.shape
        inside = (cols >= 0) & (rows >= 0) & (cols < width) & (rows < height)
        found = self.pixels[np.where(inside, rows, 0).astype(int), np.where(inside, cols, 0).astype(int)]
        return np.where(inside, found, 0)

    def by_gdal(self, grid: Grid, path: Path) -> np.ndarray:
        """GDAL's answer for the written file, with its exact transformer.

        By a VRT, since `rasterio.warp.reproject` drops a tolerance; which must be next to nothing, since it refuses 0.
        """
        place = dict(crs=grid.crs, transform=grid.transform, width=grid.size[0], height=grid.size[1])
        nothing = dict(src_nodata=0, nodata=0)
        with rasterio.open(path) as file:
            with WarpedVRT(file, **place, **nothing, resampling=Resampling.nearest, tolerance=1e-9) as warped:
                return warped.read(1)

    def at_180(self) -> list[Source]:
        """The parts before and beyond 180 degrees east, each at longitudes that GDAL meets."""
        cut = round((180 - self.transform.c) / self.transform.a)
        if self.crs != "EPSG:4326" or cut >= self.pixels.shape[1]:
            return [self]
        beyond = Affine.translation(-360, 0) @ self.transform @ Affine.translation(cut, 0)
        return [replace(self, pixels=self.pixels[:, :cut]), Source(self.crs, beyond, self.pixels[:, cut:])]


def patches(height: int, width: int, seed: int) -> np.ndarray:
    """Patches of nine classes and of nothing, with single pixels strewn in."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 10, (-(-height // 6), -(-width // 6)))
    pixels = np.kron(coarse, np.ones((6, 6), int))[:height, :width].astype(np.uint8)
    strewn = rng.random(pixels.shape) < 0.4
    pixels[strewn] = rng.integers(0, 10, strewn.sum())
    return pixels


def over(grid: Grid, crs: str, resolution: float, seed: int, share: float = 0.9) -> Source:
    """A raster in another CRS over the middle of a grid, its origin at no round number."""
    centres = grid.centres()
    x, y = Transformer.from_crs(grid.crs, crs, always_xy=True).transform(*(c[::10, ::10] for c in centres))
    middle, half = ((x.min() + x.max()) / 2, (y.min() + y.max()) / 2), (np.ptp(x) / 2 * share, np.ptp(y) / 2 * share)
    west, north = middle[0] - half[0] + 0.29 * resolution, middle[1] + half[1] + 0.41 * resolution
    width, height = (int(2 * side / resolution) for side in half)
    return Source(crs, from_origin(west, north, resolution, resolution), patches(height, width, seed))


def turned(grid: Grid, resolution: float, degrees: float, size: int, seed: int) -> Source:
    """A square raster in the grid's CRS around the grid's middle, rotated."""
    x, y = grid.transform @ (grid.size[0] / 2, grid.size[1] / 2)
    shape = Affine.rotation(degrees) @ Affine.scale(resolution, -resolution) @ Affine.translation(-size / 2, -size / 2)
    return Source(grid.crs, Affine.translation(x, y) @ shape, patches(size, size, seed))


def south_up(source: Source) -> Source:
    """The same place, rows from south to north."""
    height = source.pixels.shape[0]
    return Source(source.crs, source.transform @ Affine(1, 0, 0, 0, -1, height), source.pixels[::-1].copy())


def warp(mutirao, folder: Path, grid: Grid, sources: dict[str, Source], resample, tile: int) -> Release:
    """Each source is a period of one layer, so that one run warps them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for period, source in sources.items():
        source.write(folder / f"{period}.tif")
    layer = {"source": "{period}.tif", "resample": resample}
    return publish(mutirao, network(folder, grid, list(sources), layer, tile=tile), "--overwrite")


def network(folder: Path, grid: Grid, periods: list[str], layer: dict, tolerance=None, **outputs) -> Path:
    lattice = grid.as_yaml() | ({"tolerance": tolerance} if tolerance is not None else {})
    return write_network(
        folder, LEGEND, grid=lattice, periods=periods, layers={"layer": layer},
        coverage={"rules": [{"take": {"layer": "any"}}]}, outputs=outputs,
    )  # fmt: skip


def near_an_edge(cols: np.ndarray, rows: np.ndarray, bound: float) -> np.ndarray:
    """Where a position lies within a bound of the edge of a source pixel."""
    distance = np.minimum(np.abs(cols - np.round(cols)), np.abs(rows - np.round(rows)))
    return distance <= bound


def judge(name: str, found: np.ndarray, wanted: np.ndarray, near: np.ndarray) -> int:
    """Fails where pixels differ away from an edge; how many differ near one."""
    differ = found != wanted
    print(f"{name}: {differ.sum():,} of {differ.size:,} pixels differ; {near.sum():,} lie near an edge")
    wrong = np.argwhere(differ & ~near)
    assert not len(wrong), (name, len(wrong), [(r, c, found[r, c], wanted[r, c]) for r, c in wrong[:5].tolist()])
    return int(differ.sum())


SMALL = Grid("EPSG:31976", (390_000, 166_000), 30, (120, 90))
AMAPA = Grid("EPSG:31976", (390_000, 166_000), 30)
KANSAS = Grid("EPSG:4326", (-96.7, 38.9), 0.0003)
ARCTIC = Grid("EPSG:3413", (-3_512_345, 3_012_345), 10_000)
ANTARCTIC = Grid("EPSG:3031", (-3_512_345, 3_012_345), 10_000)
DATE_LINE = Grid("EPSG:3832", (3_000_000, 1_500_000), 1_000)


def around_the_pole(north: float) -> Source:
    return Source("EPSG:4326", from_origin(-180, north, 0.25, 0.125), patches(320, 1440, 30))


NETWORKS = {
    "amapa": (
        AMAPA,
        {
            "degrees": over(AMAPA, "EPSG:4326", 0.00029, 1),
            "utm21": over(AMAPA, "EPSG:31975", 31, 2),
            "wgs84-utm21": over(AMAPA, "EPSG:32621", 27, 3),
            "third": Source("EPSG:31976", from_origin(391_010, 165_990, 30, 30), patches(580, 610, 4)),
            "ten": Source("EPSG:31976", from_origin(390_300, 165_700, 10, 10), patches(1600, 1900, 5)),
            "ninety": Source("EPSG:31976", from_origin(389_700, 165_700, 90, 90), patches(190, 260, 6)),
            "rotated": turned(AMAPA, 29, 17, 600, 7),
            "south-up": south_up(over(AMAPA, "EPSG:4326", 0.00027, 8)),
        },
    ),
    "kansas": (KANSAS, {"albers": over(KANSAS, "EPSG:5070", 30, 11), "utm14": over(KANSAS, "EPSG:26914", 28, 12)}),
    "arctic": (ARCTIC, {"degrees": around_the_pole(90), "half": around_the_pole(88.3)}),
    "antarctic": (ANTARCTIC, {"degrees": around_the_pole(-50), "utm20s": over(ANTARCTIC, "EPSG:3412", 9_000, 13)}),
    "date-line": (DATE_LINE, {"beyond-180": Source("EPSG:4326", from_origin(176.1, 13, 0.01, 0.01), patches(560, 620, 14))}),
}


@pytest.mark.parametrize("name, tile", [("amapa", 128), ("kansas", 256), ("arctic", 128), ("antarctic", 256), ("date-line", 128)])
def test_nearest_differs_from_gdal_only_near_the_edges_of_pixels(mutirao, tmp_path, name, tile):
    grid, sources = NETWORKS[name]
    release = warp(mutirao, tmp_path / name, grid, sources, "nearest", tile)
    for period, source in sources.items():
        found, (cols, rows) = release.coverage(period), source.positions(grid)
        near = near_an_edge(cols, rows, BOUND)
        judge(f"{name} {period} beside PROJ", found, source.looked_up(cols, rows), near)
        parts = [part.by_gdal(grid, part.write(tmp_path / "part.tif")) for part in source.at_180()]
        judge(f"{name} {period} beside GDAL", found, np.maximum.reduce(parts), near)
        height, width = source.pixels.shape
        off = (cols < -BOUND) | (rows < -BOUND) | (cols > width + BOUND) | (rows > height + BOUND)
        assert not found[off].any() and not found[~np.isfinite(cols)].any()
        assert (found != 0).mean() > 0.3


def test_a_tighter_bound_leaves_fewer_differences(mutirao, tmp_path):
    grid, sources = ARCTIC, {"degrees": NETWORKS["arctic"][1]["degrees"]}
    grid = replace(grid, resolution=20_000, size=(350, 300))
    wide, tight = (
        warp(mutirao, tmp_path / f"bound{bound}", grid, sources, {"method": "nearest", "bound": bound}, 256)
        for bound in (0.4, 0.03)
    )
    for period, source in sources.items():
        cols, rows = source.positions(grid)
        wanted = source.looked_up(cols, rows)
        loose = judge(f"{period} within 0.4", wide.coverage(period), wanted, near_an_edge(cols, rows, 0.4))
        close = judge(f"{period} within 0.03", tight.coverage(period), wanted, near_an_edge(cols, rows, 0.03))
        assert close < loose / 3, period
        assert close < 0.01 * wanted.size


def test_two_files_that_meet_at_the_antimeridian(mutirao, tmp_path):
    west = Source("EPSG:4326", from_origin(176.1, 13, 0.01, 0.01), patches(560, 390, 15))
    east = Source("EPSG:4326", from_origin(-180, 13, 0.01, 0.01), patches(560, 250, 16))
    folder = tmp_path / "split"
    folder.mkdir()
    west.write(folder / "west.tif")
    east.write(folder / "east.tif")
    layer = {"source": ["west.tif", "east.tif"], "resample": "nearest"}
    release = publish(mutirao, network(folder, DATE_LINE, ["2020"], layer, tile=128))
    wanted, gdal, near = (np.zeros(DATE_LINE.shape, kind) for kind in (np.uint8, np.uint8, bool))
    for name, source in {"west": west, "east": east}.items():
        cols, rows = source.positions(DATE_LINE)
        wanted = np.maximum(wanted, source.looked_up(cols, rows))
        gdal = np.maximum(gdal, source.by_gdal(DATE_LINE, folder / f"{name}.tif"))
        near |= near_an_edge(cols, rows, BOUND)
    found = release.coverage("2020")
    assert (found != 0).mean() > 0.5
    judge("split beside PROJ", found, wanted, near)
    judge("split beside GDAL", found, gdal, near)


def test_a_grid_of_longitudes_beyond_180_looks_up_a_raster_before_it(mutirao, tmp_path):
    grid = Grid("EPSG:4326", (179, 5), 0.01, (400, 300))
    source = Source("EPSG:4326", from_origin(-179.9963, 4.5, 0.01, 0.01), patches(250, 200, 17))
    found = warp(mutirao, tmp_path / "turn", grid, {"2020": source}, "nearest", 128).coverage("2020")
    cols, rows = source.positions(grid)
    judge("a turn further", found, source.looked_up(cols, rows), near_an_edge(cols, rows, BOUND))
    assert (found != 0).mean() > 0.3


@pytest.mark.parametrize("method", ["nearest", "mode"])
def test_masked_pixels_and_what_is_off_a_source_without_nodata_are_nothing(mutirao, tmp_path, method):
    """The same classes said three ways: 0 is nodata, a mask says which are nothing, no pixel is nothing."""
    declared = over(SMALL, "EPSG:31975", 17, 18, 0.6)
    full = replace(declared, pixels=np.where(declared.pixels == 0, 1, declared.pixels))
    folder = tmp_path / method
    folder.mkdir()
    declared.write(folder / "declared.tif")
    full.write(folder / "full.tif", nodata=None)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        with rasterio.open(full.write(folder / "masked.tif", nodata=None), "r+") as out:
            out.write_mask(declared.pixels != 0)
    layers = {period: {"source": f"{period}.tif", "periods": [period], "resample": method} for period in ("declared", "masked", "full")}
    layers["full"]["nodata"] = "none"
    rules = [{"take": {layer: "any"}} for layer in layers]
    pipeline = write_network(
        folder, LEGEND, grid=SMALL.as_yaml(), periods=list(layers), layers=layers, coverage={"rules": rules}, outputs={"tile": 64}
    )
    release = publish(mutirao, pipeline)
    assert np.array_equal(release.coverage("masked"), release.coverage("declared"))
    cols, rows = full.positions(SMALL)
    height, width = full.pixels.shape
    inside = (cols >= 1) & (rows >= 1) & (cols < width - 1) & (rows < height - 1)
    outside = (cols < -1) | (rows < -1) | (cols > width + 1) | (rows > height + 1)
    assert (release.coverage("full")[inside] != 0).all() and inside.mean() > 0.2
    assert (release.coverage("full")[outside] == 0).all() and outside.mean() > 0.2
    if method == "nearest":
        judge("full", release.coverage("full"), full.looked_up(cols, rows), near_an_edge(cols, rows, BOUND))


# --- mode: straight from the words, and beside GDAL's way


def mode(source: Source, grid: Grid, ignore: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """What covers most of each pixel, straight from the words, on one CRS; and where that is decided by less than rounding.

    A pixel is one of its values or nothing. Areas are exact products of lengths; of values that cover as much, the one of the
    source pixel nearest the centre; where two are as near, either.
    """
    height, width = grid.shape
    values, unsure = np.zeros(grid.shape, np.uint8), np.zeros(grid.shape, bool)
    step = grid.resolution / source.transform.a
    left, top = ~source.transform @ grid.transform @ (0, 0)
    for row in range(height):
        for col in range(width):
            box = left + col * step, top + row * step
            weights, nearest = {}, {}
            centre = box[0] + step / 2, box[1] + step / 2
            for y in range(int(np.floor(box[1] + 1e-9)), int(np.ceil(box[1] + step - 1e-9))):
                down = min(y + 1, box[1] + step) - max(y, box[1])
                for x in range(int(np.floor(box[0] + 1e-9)), int(np.ceil(box[0] + step - 1e-9))):
                    across = min(x + 1, box[0] + step) - max(x, box[0])
                    inside = 0 <= x < source.pixels.shape[1] and 0 <= y < source.pixels.shape[0]
                    value = int(source.pixels[y, x]) if inside else 0
                    distance = (x + 0.5 - centre[0]) ** 2 + (y + 0.5 - centre[1]) ** 2
                    weights[value] = weights.get(value, 0.0) + across * down
                    nearest[value] = min(nearest.get(value, np.inf), distance)
            if ignore and len(weights) > 1:
                weights.pop(0, None)
            most = max(weights.values())
            tied = [value for value, weight in weights.items() if weight > most - 0.005 * step]
            first = min(nearest[value] for value in tied)
            winners = [value for value in tied if nearest[value] < first + 1e-6]
            exactly = all(abs(weights[value] - most) < 1e-6 for value in tied)
            values[row, col], unsure[row, col] = winners[0], len(winners) > 1 or not exactly
    return values, unsure




def finer(resolution: float, seed: int, shift=(0.0, 0.0), inset: int = 8) -> Source:
    """A raster of other pixels over the middle of the small grid; `shift` east and north in metres."""
    west, north = SMALL.origin[0] + inset * 30 + shift[0], SMALL.origin[1] - inset * 30 + shift[1]
    width, height = (int((side - 2 * inset) * 30 / resolution) for side in SMALL.size)
    return Source("EPSG:31976", from_origin(west, north, resolution, resolution), patches(height, width, seed))


MODES = {
    "three": finer(10, 20),
    "two": finer(15, 21),
    "five": finer(6, 22),
    "ratio-2.5": finer(12, 23),
    "ratio-1.3": finer(23, 24, (7, 4)),
    "shifted": finer(30, 25, (11.1, -4.5)),
    "shifted-finer": finer(10, 26, (3, 8)),
    "coarser": finer(90, 27, (30, -60)),
    "coarser-off": finer(70, 28, (13, 9)),
}


@pytest.mark.parametrize("ignore", [False, True])
def test_mode_is_the_value_that_covers_most(mutirao, tmp_path, ignore):
    resample = {"method": "mode", "nodata": "ignore"} if ignore else "mode"
    release = warp(mutirao, tmp_path / "mode", SMALL, MODES, resample, 64)
    for period, source in MODES.items():
        wanted, unsure = mode(source, SMALL, ignore)
        assert unsure.mean() < 0.5, period
        judge(f"mode {period}{', nothing ignored' if ignore else ''}", release.coverage(period), wanted, unsure)


def test_mode_without_nothing_is_gdals_where_nothing_ties(mutirao, tmp_path):
    sources = {period: MODES[period] for period in ("two", "three", "five")}
    release = warp(mutirao, tmp_path / "gdal", SMALL, sources, {"method": "mode", "nodata": "ignore"}, 256)
    for period, source in sources.items():
        ratio = round(SMALL.resolution / source.transform.a)
        height, width = (side // ratio for side in source.pixels.shape)
        with rasterio.open(tmp_path / "gdal" / f"{period}.tif") as raster:
            gdal = raster.read(1, out_shape=(height, width), resampling=Resampling.mode)
        blocks = source.pixels.reshape(height, ratio, width, ratio).transpose(0, 2, 1, 3).reshape(height, width, -1)
        counts = np.sort(np.stack([(blocks == klass).sum(-1) for klass in range(1, 10)]), axis=0)
        ties = (counts[-1] == counts[-2]) & (counts[-1] > 0)
        assert ties.mean() < 0.5
        found = release.coverage(period)[8 : 8 + height, 8 : 8 + width]
        judge(f"mode {period} beside GDAL", found, gdal, ties)


# --- refused without `resample`, snapped within the tolerance


def findings(mutirao, folder: Path, grid: Grid, sources: dict[str, Source], **more) -> dict[str, dict]:
    """The errors of a plan, by the period whose file each names."""
    folder.mkdir(parents=True, exist_ok=True)
    for period, source in sources.items():
        source.write(folder / f"{period}.tif")
    pipeline = network(folder, grid, list(sources), {"source": "{period}.tif"}, **more)
    answer = mutirao.json("plan", pipeline, code=1)
    errors = [one for one in answer["findings"] if one["severity"] == "error"]
    return {next(period for period in sources if f"/{period}.tif" in one["message"]): one for one in errors}


def at(x: float, y: float, resolution: float = 30, crs: str = "EPSG:31976", size: int = 40) -> Source:
    return Source(crs, from_origin(x, y, resolution, resolution), patches(size, size, 40))


def test_what_is_off_the_grid_is_refused_with_the_reason_all_at_once(mutirao, tmp_path):
    x, y = AMAPA.origin
    reasons = {
        "shifted": (at(x + 30 * 7.37, y), "is shifted by 0.37 pixels east"),
        "shifted-both": (at(x + 30 * 7.75, y - 30 * 3.2), "is shifted by 0.25 pixels west and 0.20 pixels south"),
        "shifted-little": (at(x + 30 * 7.02, y), "is shifted by 0.02 pixels east"),
        "degrees": (NETWORKS["amapa"][1]["degrees"], "is EPSG:4326, the grid is EPSG:31976"),
        "utm21": (NETWORKS["amapa"][1]["utm21"], "is EPSG:31975, the grid is EPSG:31976"),
        "rotated": (turned(AMAPA, 30, 5, 100, 41), "it is rotated or sheared"),
        "south-up": (south_up(at(x, y)), "its rows run from south to north"),
        "finer": (at(x, y, 10), "its pixels are 10 x 10, the grid's are 30 x 30"),
        "hardly-coarser": (at(x, y, 30.05), "its pixels are 30.05 x 30.05, the grid's are 30 x 30"),
    }
    found = findings(mutirao, tmp_path / "off", AMAPA, {period: source for period, (source, _) in reasons.items()})
    assert set(found) == set(reasons)
    for period, (_, reason) in reasons.items():
        assert found[period]["code"] == "off-grid" and found[period]["layer"] == "layer"
        assert reason in found[period]["message"] and "resample: nearest" in found[period]["mend"]
        assert found[period]["where"]["file"].endswith("pipeline.yaml") and found[period]["where"]["line"] > 1
    there = Grid("EPSG:4326", (-52, 1.5), 0.0003)
    found = findings(mutirao, tmp_path / "other", there, {"utm": at(x, y)})
    assert "EPSG:31976, the grid is EPSG:4326" in found["utm"]["message"]


def treatments(release: Release) -> dict[str, str]:
    return dict(release.query("select * exclude (source, path, band, bytes, sha256, grid) from {inputs}"))


def placed(mutirao, folder: Path, grid: Grid, sources: dict[str, Source], **more) -> Release:
    folder.mkdir(parents=True, exist_ok=True)
    for period, source in sources.items():
        source.write(folder / f"{period}.tif")
    return publish(mutirao, network(folder, grid, list(sources), {"source": "{period}.tif"}, **more))


def test_small_offsets_are_snapped_and_listed(mutirao, tmp_path):
    x, y = AMAPA.origin
    sources = {"exact": at(x + 300, y - 60), "little": at(x + 300.15, y - 60.27), "stretched": at(x + 300, y - 60, 30.005)}
    release = placed(mutirao, tmp_path / "snapped", AMAPA, sources)
    for period, source in sources.items():
        assert np.array_equal(release.coverage(period)[2:42, 10:50], source.pixels)
        assert (release.coverage(period) != 0).sum() == (source.pixels != 0).sum()
    assert treatments(release) == {"exact": "as is", "little": "snapped by 9.0e-3 pixels", "stretched": "snapped by 6.7e-3 pixels"}
    shown = mutirao("plan", tmp_path / "snapped/pipeline.yaml").stdout
    assert "snapped by 9.0e-3 pixels" in shown and "as is" in shown


def test_the_tolerance_of_snapping_can_be_set(mutirao, tmp_path):
    x, y = AMAPA.origin
    sources = {"third": at(x + 310, y - 60), "little": at(x + 300.15, y - 60)}
    release = placed(mutirao, tmp_path / "wide", AMAPA, sources, tolerance=0.4)
    assert treatments(release) == {"third": "snapped by 3.3e-1 pixels", "little": "snapped by 5.0e-3 pixels"}
    assert np.array_equal(release.coverage("third")[2:42, 10:50], sources["third"].pixels)
    found = findings(mutirao, tmp_path / "tight", AMAPA, sources, tolerance=0.001)
    assert set(found) == set(sources) and "shifted by" in found["little"]["message"]


def test_longitudes_match_modulo_360(mutirao, tmp_path):
    grid = Grid("EPSG:4326", (170, 10), 0.1, (200, 150))  # to 190 degrees east
    sources = {
        "before-180": at(171, 9, 0.1, "EPSG:4326"),
        "after-180": at(-175, 9, 0.1, "EPSG:4326"),
        "beyond-180": at(185, 9, 0.1, "EPSG:4326"),
        "a-turn-more": at(-185, 9, 0.1, "EPSG:4326"),
    }
    release = placed(mutirao, tmp_path / "turns", grid, sources)
    for period, col in {"before-180": 10, "after-180": 150, "beyond-180": 150, "a-turn-more": 50}.items():
        assert np.array_equal(release.coverage(period)[10:50, col : col + 40], sources[period].pixels), period
    assert set(treatments(release).values()) <= {"as is", *(t for t in treatments(release).values() if t.endswith("e-14 pixels"))}
