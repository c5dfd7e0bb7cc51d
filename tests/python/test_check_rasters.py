"""`mutirao check` on random rasters against brute force: counts, areas, strips, patches, change, transitions, flicker."""

from __future__ import annotations

import subprocess
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import rasterio
import shapely
from networks import plain_legend, publish, write_network
from check_support import check, contract, found, notes_only, rule
from rasterio.transform import Affine
from rasterio.windows import Window
from rio_cogeo.cogeo import cog_validate

GRID = {"crs": "EPSG:31976", "resolution": 30}
ORIGIN = (600_000.0, 210_000.0)
SHAPE = (45, 53)
ODD = 7
# Values of a type: nothing first, then classes.
VALUES = {"uint8": [0, 3, 15, 30, ODD], "uint16": [65535, 3, 300, 1000, ODD], "int16": [-9, 3, 300, 1000, ODD]}
LAYOUTS = ["tiled", "strips", "chunky", "planar", "mask", "sparse", "sheets", "bigtiff"]
PERIODS = ["2018", "2019", "2020"]
STRIP_M = 75.0
LEAST = 4  # pixels of a patch


def random_series(rng, dtype):
    """Periods of much the same pixels: runs and specks, with holes."""
    values = np.array(VALUES[dtype])
    coarse = rng.choice(values[:4], size=(SHAPE[0] // 4 + 1, SHAPE[1] // 4 + 1), p=[0.15, 0.45, 0.2, 0.2])
    base = np.kron(coarse, np.ones((4, 4), int))[: SHAPE[0], : SHAPE[1]]
    series = []
    for _ in range(4):
        plane = base.copy()
        specks = rng.random(SHAPE) < 0.06
        plane[specks] = rng.choice(values[:4], size=specks.sum())
        odd = rng.random(SHAPE) < 0.004
        plane[odd] = ODD
        plane[16:32, 16:32] = values[0]  # whole blocks of nothing
        series.append(plane)
    return np.stack(series)


def write(path, planes, dtype, layout, descriptions=(), corner=(0, 0)):
    nothing = VALUES[dtype][0]
    profile = dict(
        driver="GTiff", height=planes.shape[1], width=planes.shape[2], count=planes.shape[0], dtype=dtype,
        crs="EPSG:31976", nodata=nothing, compress="deflate",
        transform=Affine(30, 0, ORIGIN[0] + 30 * corner[1], 0, -30, ORIGIN[1] - 30 * corner[0]),
    )
    if layout in ("tiled", "sparse", "mask", "bigtiff"):
        profile |= dict(tiled=True, blockxsize=16, blockysize=16)
    if layout == "strips":
        profile |= dict(blockysize=3, compress="lzw", predictor=2)
    if layout == "bigtiff":
        profile |= dict(BIGTIFF="YES", compress="zstd")
    profile |= dict(interleave="pixel" if layout == "chunky" else "band")
    if layout == "sparse":
        profile |= dict(SPARSE_OK="TRUE")
    if layout == "mask":
        profile["nodata"] = None
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "w", **profile) as file:
        if layout == "mask":
            # Under the mask stands a class, which must not count.
            file.write(np.where(planes == nothing, VALUES[dtype][1], planes).astype(dtype))
            file.write_mask((planes[0] != nothing).astype("uint8") * 255)
        elif layout == "sparse":
            for row in range(0, planes.shape[1], 16):
                for col in range(0, planes.shape[2], 16):
                    part = planes[:, row : row + 16, col : col + 16]
                    if (part != nothing).any():
                        file.write(part.astype(dtype), window=Window(col, row, part.shape[2], part.shape[1]))
        else:
            file.write(planes.astype(dtype))
        for band, description in enumerate(descriptions, 1):
            file.set_band_description(band, description)


def deliver(folder, series, dtype, layout, periods):
    """The files of a delivery, in a layout."""
    if layout in ("chunky", "planar"):
        path = folder / "stack.tif"
        write(path, series, dtype, layout, [f"cover_{period}" for period in periods])
        return [path]
    files = []
    for plane, period in zip(series, periods):
        if layout == "sheets":
            for at, (rows, cols) in enumerate([((0, 20), (0, 31)), ((0, 20), (31, 53)), ((20, 45), (0, 11)), ((20, 45), (11, 53))]):
                path = folder / f"sheet{at}_{period}.tif"
                write(path, plane[None, slice(*rows), slice(*cols)], dtype, "tiled", corner=(rows[0], cols[0]))
                files.append(path)
        else:
            path = folder / f"layer_{period}.tif"
            write(path, plane[None], dtype, layout)
            files.append(path)
    return files


def polygon(rng):
    """A star of many corners, in the CRS of the files; none of them lies on a centre."""
    angles = np.sort(rng.random(12) * 2 * np.pi)
    reach = 200 + 500 * rng.random(12)
    middle = (ORIGIN[0] + 811.3, ORIGIN[1] - 702.7)
    return shapely.make_valid(shapely.Polygon([(middle[0] + r * np.cos(a), middle[1] + r * np.sin(a)) for a, r in zip(angles, reach)]))


def centres():
    cols, rows = np.meshgrid(np.arange(SHAPE[1]), np.arange(SHAPE[0]))
    return ORIGIN[0] + 30 * (cols + 0.5), ORIGIN[1] - 30 * (rows + 0.5)


def within(area, metres):
    """Pixels whose centres lie so near to the area, in it or outside."""
    return shapely.distance(area, shapely.points(*centres())) <= metres


def patches(plane, nothing, connectivity):
    """Pixels, first place and whether it touches an edge, of every patch."""
    sides = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    steps = sides if connectivity == 4 else sides + [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    seen = np.zeros(plane.shape, bool)
    made = []
    for start in zip(*np.nonzero(plane != nothing)):
        if seen[start]:
            continue
        seen[start] = True
        todo, pixels, at_edge = [start], 0, False
        while todo:
            row, col = todo.pop()
            pixels += 1
            for down, right in steps:
                y, x = row + down, col + right
                if not (0 <= y < plane.shape[0] and 0 <= x < plane.shape[1]) or plane[y, x] == nothing:
                    at_edge = True
                elif plane[y, x] == plane[row, col] and not seen[y, x]:
                    seen[y, x] = True
                    todo.append((y, x))
        made.append((pixels, [int(start[1]), int(start[0])], at_edge))
    return made


def first_pixels(finding):
    return [place["pixel"] for place in finding["first"]]


def places(mask):
    return [[int(col), int(row)] for row, col in zip(*np.nonzero(mask))][:10]


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("dtype, layout", [(d, l) for d in VALUES for l in LAYOUTS if not (d == "int16" and l == "bigtiff")])
def test_counts_are_those_of_brute_force(mutirao, tmp_path, dtype, layout, connectivity):
    rng = np.random.default_rng(LAYOUTS.index(layout) * 10 + list(VALUES).index(dtype) + 1000 * connectivity)
    all_planes = random_series(rng, dtype)
    series, before = all_planes[:3], all_planes[3]
    nothing = VALUES[dtype][0]
    if layout == "mask":
        before = series[2]
    files = deliver(tmp_path, series, dtype, layout, PERIODS)
    previous = tmp_path / "previous_2020.tif"
    write(previous, before[None], dtype, "tiled")
    area = polygon(rng)
    geopandas.GeoSeries([area], crs="EPSG:31976").to_file(tmp_path / "area.gpkg")
    one, other = VALUES[dtype][1], VALUES[dtype][3]
    terms = {
        "grid": GRID, "nodata": {"value": nothing}, "classes": {"allowed": VALUES[dtype][1:4]},
        "periods": ["2018..2020"], "area": {"source": "area.gpkg", "buffer_m": STRIP_M},
    }
    rules = [
        {"check": "valid-share", "min_share": 1},
        {"check": "outside-area"},
        {"check": "minimum-mapping-unit", "min_ha": (LEAST - 0.5) * 0.09, "connectivity": str(connectivity)},
        {"check": "change", "max_share": 0},
        {"check": "impossible-transitions", "transitions": [{"from": other, "to": one}]},
        {"check": "flicker", "max_share": 0},
    ]
    agreed = contract(tmp_path, terms, rules, dtype, "cover_{period}" if layout in ("chunky", "planar") else None)
    said = check(mutirao, files, agreed, "--previous", previous, code=1)

    # Counts by class.
    facts = {period["period"]: period for period in said["facts"]["periods"]}
    assert list(facts) == PERIODS
    for period, plane in zip(PERIODS, series):
        values, counts = np.unique(plane[plane != nothing], return_counts=True)
        assert facts[period]["classes"] == {str(v): int(c) for v, c in zip(values, counts)}

    # Area and strip.
    x, y = centres()
    inside = shapely.contains_xy(area, x, y)
    near = within(area, STRIP_M)
    assert said["facts"]["area_pixels"] == inside.sum()
    by_period = lambda code: {finding["where"]["period"]: finding for finding in found(said, code)}
    single = layout not in ("sheets",)
    for period, plane in zip(PERIODS, series):
        holes, beyond = inside & (plane == nothing), ~near & (plane != nothing)
        finding = by_period("valid-share").get(period)
        assert (finding["count"] if finding else 0) == holes.sum()
        if finding and single:
            assert first_pixels(finding) == places(holes)
        finding = by_period("outside-area").get(period)
        assert (finding["count"] if finding else 0) == beyond.sum()
        if finding and single:
            assert first_pixels(finding) == places(beyond)

    # Values that are not agreed.
    (odd,) = found(said, "classes")
    assert odd["count"] == (series == ODD).sum()

    # Patches, within the area alone.
    for period, plane in zip(PERIODS, series):
        masked = np.where(inside, plane, nothing)
        small = [(place[1], place[0]) for pixels, place, at_edge in patches(masked, nothing, connectivity) if pixels < LEAST and not at_edge]
        finding = by_period("minimum-mapping-unit").get(period)
        assert (finding["count"] if finding else 0) == len(small)
        if finding and single:
            assert [(row, col) for col, row in first_pixels(finding)] == sorted(small)[:10]

    # Against the delivery before, which has one period.
    either, differ = (series[2] != nothing) | (before != nothing), series[2] != before
    finding = by_period("change").get("2020")
    assert rule(said, "change")["measured"] == (differ.sum() / either.sum() if finding else 0.0)
    assert (finding["count"] if finding else 0) == differ.sum()

    # Transitions.
    for at in (1, 2):
        was, is_now = series[at - 1] == other, series[at] == one
        finding = by_period("impossible-transitions").get(PERIODS[at])
        assert (finding["count"] if finding else 0) == (was & is_now).sum()
        if finding and single:
            assert first_pixels(finding) == places(was & is_now)

    # Flicker: away for one year, in which something else speaks.
    a, b, c = series
    flickers = (a != nothing) & (a == c) & (b != a) & (b != nothing)
    (finding,) = found(said, "flicker")
    assert finding["count"] == flickers.sum()
    assert finding["measured"] == flickers.sum() / (series != nothing).any(axis=0).sum()


def beyond(mutirao, folder, term, grid, widths):
    """How many pixels of layer.tif lie beyond the area, by width of the strip; asked at once."""
    terms = {"grid": grid, "nodata": {"value": 0}, "area": term}
    rules = [{"check": "outside-area", "max_pixels": 0, "buffer_m": width} for width in widths]
    said = check(mutirao, [folder / "layer.tif"], contract(folder, terms, rules), code=None)
    return [one["measured"] for one in said["rules"] if one["check"] == "outside-area"]


@pytest.mark.parametrize("seed", range(3))
def test_strips_around_polygons_and_regions_are_as_wide_as_is_agreed(mutirao, tmp_path, seed):
    rng = np.random.default_rng(seed)
    write(tmp_path / "layer.tif", np.full((1, *SHAPE), 3), "uint8", "tiled")
    # Two stars, one of them in a hole of the other's neighbour, and one far outside of the files.
    star = polygon(rng)
    hollow = shapely.difference(shapely.box(ORIGIN[0] - 200, ORIGIN[1] - 1000, ORIGIN[0] + 500, ORIGIN[1] - 300), star.buffer(-40))
    area = [star, hollow, shapely.box(ORIGIN[0] + 1650, ORIGIN[1] - 700, ORIGIN[0] + 1777, ORIGIN[1] + 100)]
    geopandas.GeoSeries(area, crs="EPSG:31976").to_file(tmp_path / "area.gpkg")
    regions = np.kron(rng.random((9, 11)) < 0.15, np.ones((5, 5), bool))[: SHAPE[0], : SHAPE[1]] ^ (rng.random(SHAPE) < 0.01)
    write(tmp_path / "regions.tif", regions[None].astype("uint8"), "uint8", "tiled")
    x, y = (axis[regions] for axis in centres())
    squares = shapely.union_all(shapely.box(x - 15, y - 15, x + 15, y + 15))
    # Of squares, no distance is one that a centre lies at.
    widths = [1, 10, 14, 16, 29, 31, 44.5, 100, 333, 1000]
    for file, whole in [("area.gpkg", shapely.union_all(area)), ("regions.tif", squares)]:
        expected = [int((~within(whole, width)).sum()) for width in widths]
        assert beyond(mutirao, tmp_path, {"source": file}, GRID, widths) == expected, file


def in_space(longitude, latitude):
    """Places on the ellipsoid, in metres."""
    to_space = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    return np.stack(to_space.transform(longitude, latitude, np.zeros_like(longitude)), axis=-1)


@pytest.mark.parametrize("latitude", [-3.0, -33.0, 58.0])
def test_strips_on_degrees_are_geodesic(mutirao, tmp_path, latitude):
    rng = np.random.default_rng(7)
    side, west, (height, width) = 0.0007, -51.0, (48, 60)
    with rasterio.open(
        tmp_path / "layer.tif", "w", driver="GTiff", height=height, width=width, count=1, dtype="uint8", crs="EPSG:4326",
        nodata=0, compress="deflate", transform=Affine(side, 0, west, 0, -side, latitude),
    ) as file:
        file.write(np.full((height, width), 3, "uint8"), 1)
    angles, reach = np.sort(rng.random(14) * 2 * np.pi), (4 + 14 * rng.random(14)) * side
    middle = [west + 28.3 * side, latitude - 22.6 * side]
    star = shapely.Polygon(np.stack([middle[0] + reach * np.cos(angles), middle[1] + reach * np.sin(angles)], axis=-1))
    area = shapely.make_valid(shapely.difference(star, shapely.Point(middle).buffer(2.7 * side)))
    geopandas.GeoSeries([area], crs="EPSG:4326").to_file(tmp_path / "area.gpkg")
    # The nearest of points less than two metres apart, then measured along the ellipsoid.
    x, y = (axis.ravel() for axis in np.meshgrid(west + side * (np.arange(width) + 0.5), latitude - side * (np.arange(height) + 0.5)))
    outline = shapely.get_coordinates(shapely.segmentize(area.boundary, 1.5e-5))
    points = in_space(*outline.T)
    nearest = outline[[np.argmin(((points - place) ** 2).sum(axis=1)) for place in in_space(x, y)]]
    away = np.abs(pyproj.Geod(ellps="WGS84").inv(x, y, nearest[:, 0], nearest[:, 1])[2])
    away[shapely.contains_xy(area, x, y)] = 0
    widths = [20, 60, 150, 400, 1000]
    for metres, count in zip(widths, beyond(mutirao, tmp_path, {"source": "area.gpkg"}, {"crs": "EPSG:4326", "resolution": side}, widths)):
        assert (away > metres * 1.005).sum() <= count <= (away > metres * 0.995).sum()
        assert abs(count - (away > metres).sum()) <= 1


def test_overlaps_and_a_missing_sheet(mutirao, tmp_path):
    """Of two sheets that lie upon one another the first counts, and an extent sees the sheet that is missing."""
    rng = np.random.default_rng(5)
    plane = rng.choice([0, 3, 15], size=SHAPE)
    other = np.where(rng.random(SHAPE) < 0.2, rng.choice([0, 3, 15], size=SHAPE), plane)
    write(tmp_path / "a.tif", plane[None, :, :30], "uint8", "tiled")
    write(tmp_path / "b.tif", other[None, 9:, 20:], "uint8", "strips", corner=(9, 20))
    terms = {"grid": GRID, "nodata": {"value": 0}, "classes": {"allowed": [3, 15]}}
    box = [ORIGIN[0], ORIGIN[1] - 30 * SHAPE[0], ORIGIN[0] + 30 * SHAPE[1], ORIGIN[1]]
    agreed = contract(tmp_path, terms, [{"check": "extent", "bounds": box}])
    said = check(mutirao, [tmp_path / "a.tif", tmp_path / "b.tif"], agreed, code=1)
    shared = np.zeros(SHAPE, bool)
    shared[9:, 20:30] = True
    differ = shared & (plane != other) & (plane != 0) & (other != 0)
    (finding,) = found(said, "overlap-differs")
    assert finding["count"] == differ.sum()
    assert first_pixels(finding) == [[col - 20, row - 9] for col, row in places(differ)]
    merged = np.zeros(SHAPE, int)
    merged[9:, 20:] = other[9:, 20:]
    merged[:, :30] = np.where(plane[:, :30] != 0, plane[:, :30], merged[:, :30])
    values, counts = np.unique(merged[merged != 0], return_counts=True)
    assert said["facts"]["periods"][0]["classes"] == {str(v): int(c) for v, c in zip(values, counts)}
    assert finding["severity"] == "error"
    (finding,) = found(said, "extent")
    assert "a part is missing" in finding["message"]


@pytest.mark.parametrize("order", ["first", "last"])
def test_where_the_network_orders_files_it_is_that_one_that_counts(mutirao, tmp_path, order):
    """`overlap` of the pipeline makes of the error a note, and of its file the one that is counted."""
    net = tmp_path / "net"
    (net / "contracts").mkdir(parents=True)
    rng = np.random.default_rng(6)
    planes = rng.choice([3, 15], size=(2, *SHAPE)).astype("uint8")
    files = [net / "z.tif", net / "a.tif"]
    for path, plane in zip(files, planes):
        write(path, plane[None], "uint8", "tiled")
    terms = {"grid": GRID, "classes": {"allowed": [3, 15]}}
    agreed = contract(net / "contracts", terms).rename(net / "contracts" / "layer.odcs.yaml")
    layer = {"source": ["z.tif", "a.tif"], "overlap": order, "contract": "contracts/layer.odcs.yaml"}
    grid = GRID | {"origin": list(ORIGIN), "size": [SHAPE[1], SHAPE[0]]}
    keys = {"grid": grid, "periods": [2020], "layers": {"layer": layer}, "coverage": {"method": "first"}}
    pipeline = write_network(net, plain_legend([3, 15]), **keys)
    # As a partner has it, without the network.
    copy = tmp_path / "layer.odcs.yaml"
    copy.write_text(agreed.read_text())
    alone = mutirao.json("check", *files, "--contract", copy, code=1)
    assert found(alone, "overlap-differs")[0]["severity"] == "error"
    counting = planes[0 if order == "first" else 1]
    values, counts = np.unique(counting, return_counts=True)
    for own in ((agreed,), (agreed, "--network", net), (copy, "--network", net)):
        said = mutirao.json("check", *files, "--contract", *own)
        (finding,) = found(said, "overlap-differs")
        assert finding["severity"] == "info" and f"{'z' if order == 'first' else 'a'}.tif counts" in finding["message"]
        assert said["facts"]["periods"][0]["classes"] == {str(v): int(c) for v, c in zip(values, counts)}
    assert (publish(mutirao, pipeline).bands("coverage", "2020")[0] == counting).all()


def exports(tmp_path):
    """What people write who say nothing more than they must."""
    plane = np.kron(np.random.default_rng(1).choice([3, 15], size=(40, 40)), np.ones((20, 20), int)).astype("uint8")
    base = dict(driver="GTiff", height=800, width=800, count=1, dtype="uint8", crs="EPSG:31976", transform=Affine(30, 0, *ORIGIN[:1], 0, -30, ORIGIN[1]))
    kinds = {
        "plain": {}, "lzw": dict(tiled=True, compress="lzw", predictor=2), "big": dict(BIGTIFF="YES"),
        "packbits": dict(compress="packbits"), "nodata": dict(nodata=0), "cog": dict(driver="COG"),
        "tiles": dict(tiled=True, blockxsize=256, blockysize=256, compress="deflate"), "big-endian": dict(ENDIANNESS="BIG"),
    }
    for name, options in kinds.items():
        path = tmp_path / f"{name}.tif"
        with rasterio.open(path, "w", **{**base, **options}) as file:
            file.write(plane, 1)
        yield name, path


def test_plain_exports_pass_a_plain_contract_with_notes_at_most(mutirao, tmp_path):
    terms = {"grid": GRID, "nodata": {"value": 0}, "classes": {"allowed": [3, 15]}, "license": "CC-BY-4.0"}
    agreed = contract(tmp_path, terms, (), "uint8")
    for name, path in exports(tmp_path):
        said = check(mutirao, [path], agreed, code=0)
        assert said["verdict"] == "pass" and notes_only(said), (name, said["findings"])
        assert [finding["code"] for finding in said["findings"]] == ([] if name == "cog" else ["file-layout"]), name


KINDS = {
    "strips": dict(driver="GTiff"), "one-strip": dict(driver="GTiff", blockysize=800), "tiles": dict(driver="GTiff", tiled=True, compress="lzw"),
    "small-tiles": dict(driver="GTiff", tiled=True, blockxsize=64, blockysize=64, compress="zstd", BIGTIFF="YES"),
    "cog": dict(driver="COG", compress="deflate"), "cog-lzw": dict(driver="COG", compress="lzw", blocksize=128),
    "cog-without-overviews": dict(driver="COG", overviews="NONE"),
}


@pytest.mark.parametrize("side", [200, 512, 513, 1100])
def test_statements_are_what_rasterio_and_validators_say(mutirao, root, tmp_path, side):
    plane = np.kron(np.random.default_rng(2).choice([3, 15], size=(side, side // 10 + 1)), np.ones((1, 10), int))[:, :side].astype("uint8")
    base = dict(height=side, width=side, count=1, dtype="uint8", crs="EPSG:31976", nodata=0, transform=Affine(30, 0, *ORIGIN[:1], 0, -30, ORIGIN[1]))
    files = []
    for name, options in KINDS.items():
        files.append(tmp_path / f"{name}.tif")
        with rasterio.open(files[-1], "w", **base, **options) as file:
            file.write(plane, 1)
            file.update_tags(LICENSE="CC-BY-4.0")
    late = tmp_path / "late-overviews.tif"
    with rasterio.open(late, "w", driver="GTiff", tiled=True, **base) as file:
        file.write(plane, 1)
    with rasterio.open(late, "r+") as file:
        file.build_overviews([2, 4])
    files.append(late)
    agreed = contract(tmp_path, {"classes": {"allowed": [3, 15]}})
    validators = validator_of_gdal(root, files)
    for path in files:
        (said,) = check(mutirao, [path], agreed, code=0)["facts"]["files"]
        with rasterio.open(path) as file:
            assert (said["size"], said["bands"], said["dtype"]) == ([file.width, file.height], 1, "uint8")
            assert said["overviews"] == len(file.overviews(1)), path
            # GDAL cuts a large strip that is not compressed into parts, for itself.
            if path.stem != "one-strip":
                assert said["block"] == list(reversed(file.block_shapes[0])), path
            assert said.get("compression") == (file.compression.value.lower() if file.compression else "none"), path
            assert said.get("licence") == file.tags().get("LICENSE")
        if validators is not None:
            assert said["is_cog"] == validators[str(path)], path
        else:
            assert said["is_cog"] == cog_validate(path, quiet=True)[0], path


def validator_of_gdal(root, files):
    """What GDAL's own validator says of files, by path: whether there is no error. None where it is not installed."""
    program = Path("/usr/bin/python3")
    if not program.exists():
        return None
    command = [str(program), str(root / "tests/python/gdal_validate_cog.py"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 77:
        return None
    said = dict(line.rsplit(": ", 1) if line.endswith(": valid") else line.split(".tif: ", 1) for line in done.stdout.splitlines())
    return {(path if path.endswith(".tif") else f"{path}.tif"): words == "valid" for path, words in said.items()}


def one_map(path, nodata=0):
    profile = {"driver": "GTiff", "height": 20, "width": 20, "count": 1, "dtype": "uint8", "crs": "EPSG:31976", "nodata": nodata}
    with rasterio.open(path, "w", transform=Affine(30, 0, *ORIGIN[:1], 0, -30, ORIGIN[1]), **profile) as out:
        out.write(np.full((20, 20), 3, np.uint8), 1)
    return path


REFERENCES = {
    "samples": ({"check": "accuracy", "samples": "ref.csv", "measure": "overall", "min": 0.5}, "x,y,reference"),
    "points": ({"check": "acceptance-points", "points": "ref.csv", "class": "class", "min_share": 0.5}, "x,y,class"),
}


@pytest.mark.parametrize("kind", REFERENCES)
def test_what_is_wrong_with_references_is_the_networks(mutirao, tmp_path, kind):
    asked, head = REFERENCES[kind]
    file = one_map(tmp_path / "map.tif")
    agreed = contract(tmp_path, {"grid": GRID}, [asked])
    reference = tmp_path / "ref.csv"
    for text, line in [(f"{head}\n600015,209985,3\nwest,209985,3\n", 3), (f"{head}\n".replace(",", ";"), 1), (None, None)]:
        reference.unlink(missing_ok=True)
        if text:
            reference.write_text(text)
        (one,) = found(check(mutirao, [file], agreed, code=1), asked["check"])
        assert one["where"]["file"] == str(reference) and "the network's file" in one["message"]
        assert line is None or one["where"]["line"] == line


def test_an_unreadable_delivery_before_is_no_fault_of_this_one(mutirao, tmp_path):
    file = one_map(tmp_path / "map.tif")
    agreed = contract(tmp_path, {"grid": GRID}, [{"check": "change", "max_share": 0.5}])
    before = tmp_path / "before.tif"
    before.write_bytes(b"no raster")
    said = check(mutirao, [file], agreed, "--previous", before)
    (one,) = found(said, "unreadable")
    assert (said["verdict"], one["severity"], one["where"]["file"]) == ("pass", "warning", str(before))
    assert rule(said, "change")["outcome"] == "unjudged" and "`change`" in one["message"]
