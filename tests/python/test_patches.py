"""Patches and areas of finished coverages, held against GDAL's polygonizer, GeoPandas, DuckDB and plain counting."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from collections import defaultdict

import duckdb
import geopandas
import geopandas.testing
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from rasterio import features
from rasterio.transform import from_origin

from networks import Release, plain_legend, publish, write_network

CRS = "EPSG:31976"
ORIGIN = (405000, 180000)
TRANSFORM = from_origin(*ORIGIN, 30, 30)
SIDE = 4096
COLUMNS = {
    "patch": "BIGINT", "part": "BIGINT", "period": "VARCHAR", "class": "USMALLINT", "source": "USMALLINT",
    "pixels": "BIGINT", "area_ha": "DOUBLE", "patch_area_ha": "DOUBLE",
}  # fmt: skip


def write_raster(path, pixels, nodata=0, transform=TRANSFORM, **options):
    profile = {"driver": "GTiff", "count": 1, "dtype": pixels.dtype, "crs": CRS, "transform": transform}
    size = {"height": pixels.shape[0], "width": pixels.shape[1]}
    with rasterio.open(path, "w", nodata=nodata, compress="deflate", **profile, **size, **options) as out:
        out.write(pixels, 1)
    return path


def patches_of(mutirao, path, out, *arguments) -> geopandas.GeoDataFrame:
    answer = mutirao.json("patches", path, "--out", out, *arguments)
    table = geopandas.read_parquet(out)
    assert (answer["parts"], answer["pixels"]) == (len(table), table.pixels.sum())
    assert answer["patches"] == len(table.groupby("patch"))
    return table


def combined(classes, sources=None, nodata=0) -> np.ndarray:
    """Class and source in one number, -1 where there is nothing."""
    source = np.zeros(classes.shape, np.int32) if sources is None else sources.astype(np.int32)
    return np.where(classes == nodata, -1, classes.astype(np.int32) << 15 | source)


def union(parts):
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def check(table, values, transform=TRANSFORM):
    """Holds the table of one period against GDAL's polygons of the whole image, 4-connected."""
    height, width = values.shape
    assert table.geometry.is_valid.all()
    assert (table.geometry.geom_type == "Polygon").all()
    rings = [(polygon.exterior, polygon.interiors) for polygon in table.geometry]
    assert all(exterior.is_ccw and not any(hole.is_ccw for hole in holes) for exterior, holes in rings)
    check_pixels(table, values, transform)
    parts = defaultdict(list)
    for row in table.itertuples():
        parts[row.patch].append(row)
    for rows in parts.values():
        assert [row.part for row in rows] == list(range(len(rows)))
        assert sum(row.area_ha for row in rows) == pytest.approx(rows[0].patch_area_ha, rel=1e-12)
        assert len({(row._4, row.source, row.patch_area_ha) for row in rows}) == 1
    whole = {first: union([row.geometry for row in rows]) for first, rows in parts.items()}
    value = {first: rows[0]._4 << 15 | rows[0].source for first, rows in parts.items()}
    shapes = features.shapes(values, mask=values >= 0, connectivity=4, transform=transform)
    expected = defaultdict(list)
    for geometry, held in shapes:
        polygon = shapely.geometry.shape(geometry)
        left, bottom, right, top = polygon.bounds
        expected[int(held), left, bottom, right, top, round(polygon.area)].append(polygon)
    assert len(whole) == sum(map(len, expected.values()))
    for first, polygon in whole.items():
        same = expected[value[first], *polygon.bounds, round(polygon.area)]
        found = next((at for at, other in enumerate(same) if polygon.equals(other)), None)
        assert found is not None, f"patch {first} is none of GDAL's: {polygon.wkt[:200]}"
        same.pop(found)
    # The number of a patch is the place of its first pixel.
    for first, polygon in whole.items():
        row, col = divmod(first, width)
        x, y = transform.c + (col + 0.5) * transform.a, transform.f + (row + 0.5) * transform.e
        assert polygon.contains(shapely.Point(x, y))
        assert y == pytest.approx(polygon.bounds[3] - transform.a / 2)


def check_pixels(table, values, transform):
    """Burnt into one image, every polygon has exactly its pixels, of its value, and none lies across a line of the lattice."""
    bounds = table.bounds.to_numpy()
    cols = np.rint((bounds[:, [0, 2]] - transform.c) / transform.a).astype(int) - [0, 1]
    rows = np.rint((bounds[:, [3, 1]] - transform.f) / transform.e).astype(int) - [0, 1]
    for ends in (cols, rows):
        assert (ends[:, 0] // SIDE == ends[:, 1] // SIDE).all()
    numbered = [(geometry, number) for number, geometry in enumerate(table.geometry, 1)]
    burnt = np.zeros(values.shape, np.int32)
    if numbered:
        features.rasterize(numbered, out=burnt, transform=transform)
    np.testing.assert_array_equal(burnt > 0, values >= 0)
    np.testing.assert_array_equal(np.bincount(burnt.ravel(), minlength=len(table) + 1)[1:], table.pixels)
    held = np.append(-1, table["class"].to_numpy().astype(np.int32) << 15 | table.source.to_numpy().astype(np.int32))
    np.testing.assert_array_equal(held[burnt], values)


def blobs(height, width, seed, kinds=4, size=5) -> np.ndarray:
    """Classes 0 to `kinds` in blobs, with single pixels strewn in."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, kinds + 1, (-(-height // size), -(-width // size)))
    image = np.kron(coarse, np.ones((size, size), int))[:height, :width]
    strewn = random.random(image.shape) < 0.15
    image[strewn] = random.integers(0, kinds + 1, strewn.sum())
    return image.astype(np.uint8)


def spiral(size) -> np.ndarray:
    image = np.zeros((size, size), np.uint8)
    for ring in range(0, size // 2, 2):
        image[ring, ring : size - ring] = 1
        image[ring : size - ring, size - 1 - ring] = 1
        image[size - 1 - ring, ring : size - ring] = 1
        image[ring + 2 : size - ring, ring] = 1
        image[ring + 2, ring : ring + 2] = 1
    return image


def ring_with_island() -> np.ndarray:
    image = np.full((9, 11), 3, np.uint8)
    image[2:7, 2:9] = 0
    image[4, 5] = 3
    return image


CORNERS = {
    "one pixel": np.array([[7]], np.uint8),
    "one class": np.full((40, 30), 5, np.uint8),
    "nothing": np.zeros((8, 8), np.uint8),
    "checkerboard": (np.indices((24, 31)).sum(axis=0) % 2 + 1).astype(np.uint8),
    "spiral": spiral(41),
    "ring with an island": ring_with_island(),
    "uint16": (blobs(50, 60, 3).astype(np.uint16) * 16_000),
    "blobs": blobs(120, 130, 1),
    "single pixels": np.random.default_rng(5).integers(0, 3, (60, 70), np.uint8),
}


@pytest.mark.parametrize("name", CORNERS)
def test_patches_are_gdals(mutirao, tmp_path, name):
    image = CORNERS[name]
    table = patches_of(mutirao, write_raster(tmp_path / "map.tif", image), tmp_path / "p.parquet")
    check(table, combined(image))
    assert set(table.period) <= {"map"}


LAYOUTS = [{"tiled": True, "blockxsize": 256, "blockysize": 512}, {"blockysize": 7}]


@pytest.mark.parametrize("shape", [(60, 4300), (4300, 60)])
@pytest.mark.parametrize("layout", LAYOUTS, ids=["tiles", "strips"])
def test_patches_go_over_lines_of_the_lattice(mutirao, tmp_path, shape, layout):
    image = blobs(*shape, 7, kinds=3, size=17)
    image[20:50, :] = np.where(np.arange(shape[1]) % 50 < 48, 1, 2)
    path = write_raster(tmp_path / "map.tif", image, **layout)
    table = patches_of(mutirao, path, tmp_path / "p.parquet")
    check(table, combined(image))
    assert table.part.max() > 0


def test_a_patch_that_winds_over_four_cells(mutirao, tmp_path):
    # Rows joined at alternate ends: one patch, whose parts in each cell meet in other cells only.
    image = np.zeros((4120, 4110), np.uint8)
    image[4080:4112:2, 4080:4108] = 1
    image[4081:4111:4, 4107] = 1
    image[4083:4111:4, 4080] = 1
    table = patches_of(mutirao, write_raster(tmp_path / "map.tif", image, tiled=True), tmp_path / "p.parquet")
    check(table, combined(image))
    assert table.patch.nunique() == 1 and len(table) > 16


def test_provenance_parts_patches(mutirao, tmp_path):
    image, sources = blobs(70, 80, 11, size=9), blobs(70, 80, 12, kinds=2, size=20)
    path = write_raster(tmp_path / "map.tif", image)
    provenance = write_raster(tmp_path / "source.tif", sources, nodata=None)
    table = patches_of(mutirao, path, tmp_path / "p.parquet", "--provenance", provenance)
    check(table, combined(image, sources))
    other = write_raster(tmp_path / "other.tif", sources, transform=from_origin(0, 0, 30, 30))
    answer = mutirao("patches", path, "--provenance", other, "--out", tmp_path / "q.parquet", code=1)
    assert "pixel on pixel" in answer.stderr and not (tmp_path / "q.parquet").exists()


def test_small_patches_and_other_classes_are_left_out(mutirao, tmp_path):
    image = blobs(60, 4300, 13, size=11)
    path = write_raster(tmp_path / "map.tif", image)
    everything = patches_of(mutirao, path, tmp_path / "a.parquet")
    large = patches_of(mutirao, path, tmp_path / "b.parquet", "--min-ha", "5")
    kept = everything[everything.patch_area_ha >= 5].reset_index(drop=True)
    assert 0 < len(kept) < len(everything)
    geopandas.testing.assert_geodataframe_equal(large, kept)
    for words in ["[2, 4]", "2,4", "{ not: [1, 3] }"]:
        some = patches_of(mutirao, path, tmp_path / "c.parquet", "--classes", words, "--overwrite")
        chosen = everything[everything["class"].isin([2, 4])].reset_index(drop=True)
        geopandas.testing.assert_geodataframe_equal(some, chosen)


def test_the_file_is_what_others_read(mutirao, tmp_path, shared):
    out = tmp_path / "p.parquet"
    patches_of(mutirao, write_raster(tmp_path / "map.tif", blobs(400, 400, 17)), out)
    validator = shared / "validators/validate_geoparquet.py"
    done = subprocess.run([sys.executable, validator, out], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    table = geopandas.read_parquet(out)
    assert table.crs.to_epsg() == 31976
    described = duckdb.sql(f"describe select * exclude (geometry, bbox) from '{out}'").fetchall()
    assert {name: kind for name, kind, *_ in described} == COLUMNS
    largest = duckdb.sql(f"select patch, patch_area_ha from '{out}' order by 2 desc, 1 limit 1").fetchall()[0]
    assert largest[1] == table.patch_area_ha.max()
    box = table.total_bounds[0], table.geometry.iloc[5].bounds[2]
    within = f"bbox.xmin >= {box[0]} and bbox.xmax <= {box[1]}"
    assert duckdb.sql(f"select count(*) from '{out}' where {within}").fetchall()[0][0] == (table.bounds.maxx <= box[1]).sum()
    metadata = pq.ParquetFile(out).metadata
    compressions = {metadata.row_group(0).column(at).compression for at in range(metadata.num_columns)}
    assert compressions == {"ZSTD"}


@pytest.mark.parametrize("crs", ["EPSG:31976", "EPSG:4326", "ESRI:102033"])
def test_a_geopackage_holds_what_the_parquet_holds(mutirao, tmp_path, crs):
    transform = TRANSFORM if crs != "EPSG:4326" else from_origin(-51, 2, 0.001, 0.001)
    path = write_raster(tmp_path / "map.tif", blobs(90, 4200, 29), transform=transform)
    with rasterio.open(path, "r+") as raster:
        raster.crs = crs
    table = patches_of(mutirao, path, tmp_path / "p.parquet").drop(columns="bbox", errors="ignore")
    answer = mutirao.json("patches", path, "--out", tmp_path / "p.gpkg")
    assert (answer["parts"], answer["bytes"]) == (len(table), (tmp_path / "p.gpkg").stat().st_size)
    other = geopandas.read_file(tmp_path / "p.gpkg", layer="patches")
    assert other.crs == table.crs
    assert other.geometry.to_wkb().equals(table.geometry.to_wkb())
    assert list(other.columns) == [*COLUMNS, "geometry"]
    for column in COLUMNS:
        assert other[column].tolist() == table[column].tolist(), column
    with sqlite3.connect(tmp_path / "p.gpkg") as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        bounds = database.execute("select min_x, min_y, max_x, max_y from gpkg_contents").fetchone()
    assert bounds == tuple(table.total_bounds)


def test_an_ending_that_is_not_known_is_refused(mutirao, tmp_path):
    path = write_raster(tmp_path / "map.tif", blobs(20, 20, 1))
    for name in ["p.shp", "p"]:
        answer = mutirao("patches", path, "--out", tmp_path / name, code=2)
        assert ".parquet" in answer.stderr and ".gpkg" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]


def test_an_output_is_not_replaced_unasked(mutirao, tmp_path):
    path = write_raster(tmp_path / "map.tif", blobs(20, 20, 1))
    out = tmp_path / "p.parquet"
    mutirao("patches", path, "--out", out)
    before = out.read_bytes()
    assert "--overwrite" in mutirao("patches", path, "--out", out, code=4).stderr
    assert mutirao.json("patches", path, "--out", out, code=4)["verdict"] == "failed"
    mutirao("patches", path, "--out", out, "--overwrite")
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.tif", "p.parquet"]


def plain(folder):
    """A raster that says neither where it lies nor in which CRS."""
    path = folder / "plain.tif"
    with rasterio.open(path, "w", driver="GTiff", count=1, dtype="uint8", width=4, height=4) as out:
        out.write(np.ones((1, 4, 4), np.uint8))
    return path


def network(folder, images, **outputs):
    """Two layers, of which the second fills what the first leaves."""
    folder.mkdir(parents=True, exist_ok=True)
    for (layer, period), image in images.items():
        write_raster(folder / f"{layer}_{period}.tif", image)
    height, width = next(iter(images.values())).shape
    periods = sorted({period for _, period in images})
    return write_network(
        folder,
        plain_legend(range(1, 6)),
        grid={"crs": CRS, "origin": list(ORIGIN), "resolution": 30, "size": [width, height]},
        periods=periods,
        layers={layer: {"source": f"{layer}_{{period}}.tif"} for layer in sorted({layer for layer, _ in images})},
        coverage={"method": "first"},
        outputs=outputs,
    )


@pytest.fixture(scope="module")
def images():
    return {
        (layer, period): blobs(230, 410, seed * 10 + int(period), size=23)
        for seed, layer in enumerate(["a", "b"])
        for period in ["2019", "2020"]
    }


def test_a_release_has_its_patches(mutirao, tmp_path, images):
    releases = {}
    for tile, sheet, threads in [(512, 65536, 1), (64, 65536, 3), (64, 128, 2), (80, 160, 2)]:
        pipeline = network(tmp_path / f"{tile}_{sheet}_{threads}", images, tile=tile, sheet=sheet)
        releases[tile, sheet] = publish(mutirao, pipeline, "--threads", str(threads))
    contents = {release.folder.joinpath("coverage.parquet").read_bytes() for release in releases.values()}
    assert len(contents) == 1, "patches depend on tiles, sheets or threads"
    release = releases[64, 128]
    assert "coverage.parquet" in {entry["path"] for entry in release.manifest["files"]}
    table = geopandas.read_parquet(release.folder / "coverage.parquet")
    for at, period in enumerate(["2019", "2020"]):
        values = combined(release.coverage(period), release.bands("provenance", period)[0])
        own = table[table.period == period].copy()
        own["patch"] -= at * values.size
        check(own, values)
    assert table.patch.is_monotonic_increasing or table.patch.nunique() == (table.part == 0).sum()
    # The command makes the same of the finished release.
    again = tmp_path / "again.parquet"
    patches_of(mutirao, release.folder, again)
    assert again.read_bytes() == (release.folder / "coverage.parquet").read_bytes()
    areas = release.query(
        "select period, class, source, sum(pixels)::bigint, sum(area_ha) from {areas} where territory_kind = 'coverage' "
        "and class != 0 group by all order by all"
    )
    sums = table.groupby(["period", "class", "source"])[["pixels", "area_ha"]].sum().reset_index()
    assert [row[:4] for row in areas] == [tuple(row) for row in sums[["period", "class", "source", "pixels"]].values]
    np.testing.assert_allclose([row[4] for row in areas], sums.area_ha, rtol=1e-12)
    mutirao("verify", release.folder)


def test_outputs_choose_patches(mutirao, tmp_path, images):
    some = publish(mutirao, network(tmp_path / "some", images, patches={"min_ha": 3, "classes": [1, "3..4"]}))
    every = publish(mutirao, network(tmp_path / "every", images))
    table = geopandas.read_parquet(every.folder / "coverage.parquet")
    kept = table[(table.patch_area_ha >= 3) & table["class"].isin([1, 3, 4])].reset_index(drop=True)
    found = geopandas.read_parquet(some.folder / "coverage.parquet")
    geopandas.testing.assert_geodataframe_equal(found, kept)
    mutirao("verify", some.folder)
    none = publish(mutirao, network(tmp_path / "none", images, patches="none"))
    assert not (none.folder / "coverage.parquet").exists()


def test_auto_ends_at_fifty_million_pixels(mutirao, tmp_path):
    image = np.full((5001, 5000), 2, np.uint8)
    release = publish(mutirao, network(tmp_path / "large", {("a", "2019"): image, ("a", "2020"): image}))
    assert not (release.folder / "coverage.parquet").exists()


def tamper(release, change, tmp_path):
    """A copy of a release in which a table of patches was changed, and the manifest with it."""
    folder = tmp_path / "tampered"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(release.folder, folder)
    path = folder / "coverage.parquet"
    table = pq.read_table(path)
    pq.write_table(change(table).replace_schema_metadata(table.schema.metadata), path, compression="zstd")
    manifest = json.loads((folder / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["path"] == "coverage.parquet":
            entry["bytes"] = path.stat().st_size
            entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def changed_value(column, at, change):
    def edit(table):
        values = table[column].to_pylist()
        values[at] = change(values[at])
        place = table.schema.get_field_index(column)
        return table.set_column(place, table.schema.field(place), pa.array(values, table.schema.field(place).type))

    return edit


def moved(wkb):
    return shapely.to_wkb(shapely.transform(shapely.from_wkb(wkb), lambda points: points + [0, 30]))


CHANGES = {
    "pixels": changed_value("pixels", 7, lambda pixels: pixels + 1),
    "area": changed_value("area_ha", 7, lambda area: area * 1.000001),
    "area of the patch": changed_value("patch_area_ha", 7, lambda area: area + 0.09),
    "class": changed_value("class", 7, lambda value: value % 5 + 1),
    "source": changed_value("source", 7, lambda value: 3 - value),
    "geometry": changed_value("geometry", 7, moved),
    "patch": changed_value("patch", 7, lambda patch: patch + 1),
    "period": changed_value("period", 7, lambda _: "2018"),
    "a row less": lambda table: table.slice(0, len(table) - 1),
    "a row more": lambda table: pa.concat_tables([table, table.slice(0, 1)]),
}


@pytest.fixture(scope="module")
def release(mutirao, tmp_path_factory, images) -> Release:
    return publish(mutirao, network(tmp_path_factory.mktemp("net") / "net", images, tile=64, sheet=256))


@pytest.mark.parametrize("name", CHANGES)
def test_verify_finds_what_was_changed(mutirao, tmp_path, release, name):
    answer = mutirao.json("verify", tamper(release, CHANGES[name], tmp_path), code=1)
    assert answer["counts"] == {"verify-patch": 1}, answer


def test_verify_takes_the_table_as_it_is(mutirao, tmp_path, release):
    answer = mutirao.json("verify", tamper(release, lambda table: table, tmp_path))
    assert answer["checked"]["patch_rows"] == len(geopandas.read_parquet(release.folder / "coverage.parquet"))


def rows_of(path) -> list[tuple]:
    return duckdb.sql(f"select * from '{path}'").fetchall()


def test_areas_of_a_release_are_its_areas(mutirao, demo, root, tmp_path):
    vectors = root / "fixtures/demo/municipalities.geojson"
    wanted = ["--territories", vectors, "--kind", "municipality", "--key", "code", "--name", "name"]
    out = tmp_path / "areas.parquet"
    mutirao("areas", demo, *wanted, "--out", out)
    kinds = "territory_kind in ('coverage', 'municipality')"
    expected = duckdb.sql(f"select * from '{demo}/areas.parquet' where {kinds}").fetchall()
    assert rows_of(out) == expected
    text = mutirao("areas", demo, *wanted).stdout
    (tmp_path / "stdout.csv").write_text(text, encoding="utf-8")
    mutirao("areas", demo, *wanted, "--out", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == text
    assert text.splitlines()[0] == "period,territory_kind,territory,territory_name,class,source,rule,pixels,area_ha"
    answer = mutirao.json("areas", demo, *wanted)
    assert [tuple(row.values()) for row in answer["areas"]] == expected
    assert answer["territories"] == 12


def test_areas_of_any_raster_by_any_territories(mutirao, tmp_path):
    image = blobs(90, 110, 23, size=13)
    path = write_raster(tmp_path / "map_2020.tif", image)
    x, y = ORIGIN
    squares = {"a": shapely.box(x, y - 900, x + 1200, y), "b": shapely.box(x + 600, y - 1500, x + 2400, y - 300)}
    squares["far away"] = shapely.box(x - 9000, y, x - 8000, y + 1000)
    frame = geopandas.GeoDataFrame({"id": list(squares)}, geometry=list(squares.values()), crs=CRS)
    frame.to_file(tmp_path / "squares.gpkg")
    mutirao("areas", path, "--territories", tmp_path / "squares.gpkg", "--key", "id", "--out", tmp_path / "a.parquet")
    found = {tuple(row[:5]): row[7:] for row in rows_of(tmp_path / "a.parquet")}
    masks = {("coverage", ""): np.ones(image.shape, bool)}
    for name, square in squares.items():
        masks["squares", name] = features.rasterize([square], image.shape, transform=TRANSFORM) == 1
    masks["squares", ""] = ~np.any([masks["squares", name] for name in squares], axis=0)
    expected = {}
    for (kind, name), mask in masks.items():
        classes, counts = np.unique(image[mask & (image > 0)], return_counts=True)
        expected |= {("map_2020", kind, name, name, int(k)): int(n) for k, n in zip(classes, counts)}
    expected["map_2020", "squares", "far away", "far away", 0] = 0
    assert {key: pixels for key, (pixels, _) in found.items()} == expected
    assert all(area == pytest.approx(pixels * 0.09, rel=2e-3) for pixels, area in found.values())


def test_areas_refuse_what_they_cannot_count(mutirao, tmp_path, demo, root):
    vectors = root / "fixtures/demo/municipalities.geojson"
    assert "its attributes are" in mutirao("areas", demo, "--territories", vectors, "--key", "kode", code=1).stderr
    assert "there is no" in mutirao("areas", demo, "--territories", "no.gpkg", "--key", "code", code=4).stderr
    wanted = ["--territories", vectors, "--key", "code"]
    assert "there is no" in mutirao("areas", tmp_path / "no.tif", *wanted, code=4).stderr
    assert "CRS" in mutirao("areas", plain(tmp_path), *wanted, code=1).stderr
    mutirao("areas", demo, *wanted, "--kind", "coverage", code=2)
    assert "manifest.json" in mutirao("areas", tmp_path, *wanted, code=1).stderr


def test_patches_of_a_real_layer(mutirao, tmp_path, shared):
    path = shared / "data/mapbiomas-lourenco/c6_annual/utm_cover_AP_lorenco_2020.tif"
    with rasterio.open(path) as raster:
        image, nodata, transform = raster.read(1), raster.nodata, raster.transform
    table = patches_of(mutirao, path, tmp_path / "p.parquet")
    assert set(table.period) == {"classification_2020"}
    values = combined(image, nodata=-1 if nodata is None else nodata)
    check_pixels(table, values, transform)
    shapes = list(features.shapes(values, mask=values >= 0, connectivity=4, transform=transform))
    assert len(table) == len(shapes)
    sizes = sorted((int(value) >> 15, round(shapely.geometry.shape(shape).area / transform.a**2)) for shape, value in shapes)
    assert sizes == sorted(zip(table["class"], table.pixels))
