"""What is in a release, as the tools of others see it: the demo as it is, in sheets with ZSTD, and in small tiles."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import numpy as np
import pytest
import rasterio
import yaml
from rasterio.features import rasterize
from rio_cogeo.cogeo import cog_validate
from shapely import box

from networks import TABLES, Release, counted, plain_legend, publish, write_network

PERIODS = ["2019", "2020"]
VARIANTS = {
    "plain": {},
    "sheets": {"compression": "zstd", "tile": 256, "sheet": 512},
    "small tiles": {"compression": "zstd", "tile": 64},
    "nearest": {"overviews": "nearest", "tile": 128, "nodata": 200},
}
SYSTEM_PYTHON = "/usr/bin/python3"  # which Debian's python3-gdal belongs to


def demo_with(folder: Path, root: Path, **outputs) -> Path:
    """The demo network copied into a folder, with other outputs."""
    demo = root / "pipelines/demo"
    text = (demo / "pipeline.yaml").read_text(encoding="utf-8")
    network = yaml.safe_load(text.replace("../../fixtures", str(root / "fixtures")))
    network["version"], network["outputs"] = "2026.1", network["outputs"] | outputs
    for name in ("crosswalks", "contracts", "acceptance"):
        (folder / name).mkdir(parents=True)
    for file in [demo / "legend.csv", *(file for kind in ("crosswalks", "contracts", "acceptance") for file in demo.glob(f"{kind}/*"))]:
        text = file.read_text(encoding="utf-8").replace("../../fixtures", str(root / "fixtures"))
        (folder / file.relative_to(demo)).write_text(text, encoding="utf-8")
    pipeline = folder / "pipeline.yaml"
    pipeline.write_text(yaml.safe_dump(network, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return pipeline


@pytest.fixture(scope="module")
def releases(mutirao, demo, root, tmp_path_factory):
    """A release of each variant."""
    made = {"plain": Release(demo)}
    for name, outputs in VARIANTS.items():
        if outputs:
            made[name] = publish(mutirao, demo_with(tmp_path_factory.mktemp("variant") / "demo", root, **outputs))
    return made


@pytest.fixture(params=VARIANTS)
def variant(request):
    return request.param


@pytest.fixture
def release(releases, variant) -> Release:
    return releases[variant]


@pytest.fixture(scope="module")
def legend(root):
    with open(root / "pipelines/demo/legend.csv", encoding="utf-8", newline="") as lines:
        return {int(row["id"]): row for row in csv.DictReader(lines)}


def rasters(release) -> list[Path]:
    return sorted(release.folder.rglob("*.tif"))


def whole_rasters(release) -> list[Path]:
    """Of every product and period the raster, or the VRT of its sheets."""
    return sorted(path for path in release.folder.glob("*/*") if path.suffix in (".tif", ".vrt"))


# --- rasters -----------------------------------------------------------------------------------------------------------


def test_the_variants_are_what_they_say(releases):
    assert len(rasters(releases["plain"])) == 6
    assert len(rasters(releases["sheets"])) == 6 * 6
    for name, outputs in VARIANTS.items():
        for path in rasters(releases[name]):
            with rasterio.open(path) as raster:
                tile = outputs.get("tile", 512)
                assert raster.block_shapes[0] == (tile, tile)
                assert raster.compression.name == outputs.get("compression", "deflate")


def test_rio_cogeo_finds_every_raster_valid(release):
    for path in rasters(release):
        assert cog_validate(path, strict=True) == (True, [], []), path


def test_gdal_finds_every_raster_valid(release):
    script = Path(__file__).with_name("gdal_validate_cog.py")
    done = subprocess.run([SYSTEM_PYTHON, script, *rasters(release)], capture_output=True, text=True)
    if done.returncode == 77:
        pytest.skip("python3-gdal is not here")
    assert done.returncode == 0, done.stdout + done.stderr


def test_crs_grid_nodata_and_bands_are_there(release, variant):
    nodata = {"coverage": VARIANTS[variant].get("nodata", 0), "agreement": 255}
    for path in whole_rasters(release):
        with rasterio.open(path) as raster:
            assert raster.crs.to_epsg() == 31976
            assert raster.transform == rasterio.Affine(30, 0, 600000, 0, -30, 210000)
            assert raster.shape == (900, 1200)
            assert set(raster.dtypes) == {"uint8"}
            product = path.parent.name
            assert raster.count == (1 if product == "coverage" else 3)
            if product in nodata:
                assert raster.nodata == nodata[product]
            if product == "coverage":
                assert raster.descriptions == (path.stem,)
            if product == "provenance":
                assert raster.descriptions == ("source", "rule", "part")


def test_colours_are_those_of_the_legend(release, legend):
    for path in sorted(release.folder.glob("coverage/**/*.tif")) + sorted(release.folder.rglob("coverage*/*.vrt")):
        with rasterio.open(path) as raster:
            colours = raster.colormap(1)
            nodata = int(raster.nodata)
        for klass, row in legend.items():
            assert "#{:02x}{:02x}{:02x}".format(*colours[klass]) == row["color"].lower(), (path, klass)
            assert colours[klass][3] == 255
        assert colours[nodata][3] == 0, "nothing is transparent"


def test_gdal_reads_the_names_of_classes(release, legend):
    paths = sorted(release.folder.glob("coverage/**/*.tif")) + sorted(release.folder.rglob("coverage*.vrt"))
    script = Path(__file__).with_name("gdal_categories.py")
    done = subprocess.run([SYSTEM_PYTHON, script, *paths], capture_output=True, text=True)
    if done.returncode == 77:
        pytest.skip("python3-gdal is not here")
    assert done.returncode == 0, done.stderr
    for path, names in json.loads(done.stdout).items():
        assert {klass: name for klass, name in enumerate(names) if name} == {
            klass: row["name"] for klass, row in legend.items()
        }, path


def test_statistics_are_those_of_the_pixels(release):
    for path in release.folder.glob("coverage/**/*.tif"):
        with rasterio.open(path) as raster:
            pixels, said = raster.read(1, masked=True), raster.tags(1)
        valid = pixels.compressed().astype(float)
        if valid.size == 0:
            continue
        assert int(said["STATISTICS_MINIMUM"]) == valid.min()
        assert int(said["STATISTICS_MAXIMUM"]) == valid.max()
        assert float(said["STATISTICS_MEAN"]) == pytest.approx(valid.mean(), rel=1e-12)
        assert float(said["STATISTICS_STDDEV"]) == pytest.approx(valid.std(), rel=1e-9)
        assert float(said["STATISTICS_VALID_PERCENT"]) == pytest.approx(100 * valid.size / pixels.size, abs=0.01)


def test_the_vrt_has_the_periods_as_bands(release):
    with rasterio.open(release.folder / "coverage.vrt") as vrt:
        assert vrt.descriptions == tuple(PERIODS)
        assert vrt.crs.to_epsg() == 31976
        for band, period in enumerate(PERIODS, 1):
            assert np.array_equal(vrt.read(band), release.coverage(period))


def test_sheets_hold_their_part_of_the_whole(releases):
    whole, sheeted = releases["plain"], releases["sheets"]
    for product in ("coverage", "provenance", "agreement"):
        for period in PERIODS:
            pixels = whole.bands(product, period)
            for column in range(3):
                for row in range(2):
                    with rasterio.open(sheeted.folder / product / period / f"{column}_{row}.tif") as sheet:
                        part = pixels[:, row * 512 : row * 512 + 512, column * 512 : column * 512 + 512]
                        assert np.array_equal(sheet.read(), part)
                        assert sheet.transform @ (0, 0) == (600000 + column * 15360, 210000 - row * 15360)


def test_sheets_without_a_class_keep_what_else_is_known_of_them(mutirao, tmp_path):
    """Nothing on purpose, gaps, and what lies outside, each in a sheet of its own beside one of a class."""
    for name, values in {"layer": [1, 2, 0, 0], "region": [1, 1, 1, 0]}.items():
        write_squares(tmp_path / f"{name}.tif", values, "uint8")
    keys = {
        "grid": {"like": str(tmp_path / "layer.tif")},
        "periods": ["2020"],
        "layers": {
            "layer": {"source": str(tmp_path / "layer.tif"), "classes": [1, 2]},
            "region": {"source": str(tmp_path / "region.tif"), "role": "region"},
        },
        "coverage": {
            "within": "region",
            "rules": [{"take": {"layer": 1}}, {"take": {"layer": 2}, "give": "none"}],
        },
    }
    sheeted = write_network(tmp_path / "sheeted", plain_legend([1, 2]), **keys, outputs={"tile": 64, "sheet": 64})
    sheeted = publish(mutirao, sheeted)
    whole = publish(mutirao, write_network(tmp_path / "whole", plain_legend([1, 2]), **keys, outputs={"tile": 64}))
    for product in ("coverage", "provenance", "agreement"):
        assert np.array_equal(sheeted.bands(product, "2020"), whole.bands(product, "2020")), product
    there = {product: sorted(path.name for path in sheeted.folder.glob(f"{product}/2020/*.tif")) for product in
             ("coverage", "provenance", "agreement")}  # fmt: skip
    assert there == {
        "coverage": ["0_0.tif"],
        "provenance": ["0_0.tif", "1_0.tif"],
        "agreement": ["0_0.tif", "1_0.tif", "2_0.tif"],
    }


def test_explain_compares_with_what_stands_in_sheets(mutirao, releases):
    """The lower right of the second sheet's first tile, where whole coordinates and those of the sheet differ."""
    column, row = 767, 255
    places = ["--xy", 600000 + 30 * (column + 0.5), 210000 - 30 * (row + 0.5)]
    for name in ("plain", "sheets"):
        answer = mutirao.json("explain", releases[name].folder, *places)
        assert answer["pixel"] == [column, row]
        assert answer["notes"] == []
        for said in answer["periods"]:
            assert said["class"] == releases[name].coverage(said["period"])[row, column]


def test_explain_notes_an_input_that_changed_in_sheets_too(mutirao, tmp_path):
    write_squares(tmp_path / "layer.tif", [1, 2, 0, 1], "uint8")
    pipeline = write_network(
        tmp_path / "sheeted",
        plain_legend([1, 2]),
        grid={"like": str(tmp_path / "layer.tif")},
        periods=["2020"],
        layers={"layer": {"source": str(tmp_path / "layer.tif")}},
        coverage={"method": "first"},
        outputs={"tile": 64, "sheet": 64},
    )
    release = publish(mutirao, pipeline)
    write_squares(tmp_path / "layer.tif", [1, 1, 1, 1], "uint8")
    held = []
    for column in (32, 96, 160, 224):
        notes = mutirao.json("explain", release.folder, "--xy", 600000 + 30 * column, 209000)["notes"]
        held.append([note for note in notes if "the release holds" in note])
    assert [len(notes) for notes in held] == [0, 1, 1, 0], held
    assert "holds 2" in held[1][0] and "holds 0" in held[2][0]


def test_codes_beyond_255_have_names_and_colours_too(mutirao, tmp_path):
    write_squares(tmp_path / "layer.tif", [7, 300, 0, 1000], "uint16")
    pipeline = write_network(
        tmp_path / "wide",
        [(7, "", "seven", "#070707"), (300, "", "three hundred", "#0102ff"), (1000, 300, "a thousand", "#ff0201")],
        grid={"like": str(tmp_path / "layer.tif")},
        periods=["2020"],
        layers={"layer": {"source": str(tmp_path / "layer.tif")}},
        coverage={"method": "first"},
        outputs={"nodata": 65535, "tile": 64},
    )
    release = publish(mutirao, pipeline)
    path = release.folder / "coverage/2020.tif"
    assert cog_validate(path, strict=True) == (True, [], [])
    with rasterio.open(path) as raster, rasterio.open(tmp_path / "layer.tif") as layer:
        assert raster.dtypes == ("uint16",) and raster.nodata == 65535
        assert np.array_equal(raster.read(1, masked=True).filled(0), layer.read(1))
        assert np.array_equal(raster.read(1), np.where(layer.read(1) == 0, 65535, layer.read(1)))
        colours = raster.colormap(1)
    assert (colours[300], colours[1000]) == ((1, 2, 255, 255), (255, 2, 1, 255))
    names = ElementTree.parse(f"{path}.aux.xml").findall(".//Category")
    assert {klass: name.text for klass, name in enumerate(names) if name.text} == {
        7: "seven", 300: "three hundred", 1000: "a thousand",
    }  # fmt: skip
    assert {key[2]: count for key, count in release.pixels().items()} == {
        7: 4096, 300: 4096, 1000: 4096, 65535: 4096,
    }  # fmt: skip


def write_squares(path: Path, values, dtype) -> None:
    """A raster of squares of 64 pixels side by side; 0 is nothing."""
    pixels = np.kron(np.array([values], dtype), np.ones((64, 64), dtype))
    with rasterio.open(
        path, "w", driver="GTiff", width=pixels.shape[1], height=64, count=1, dtype=dtype, nodata=0,
        crs="EPSG:31976", transform=rasterio.Affine(30, 0, 600000, 0, -30, 210000),
    ) as raster:  # fmt: skip
        raster.write(pixels, 1)


def test_each_overview_stands_for_the_level_below(release, variant):
    reduce = nearest if VARIANTS[variant].get("overviews") == "nearest" else mode
    checked = 0
    for coverage in rasters(release):
        if coverage.relative_to(release.folder).parts[0] != "coverage":
            continue
        below = level(release, coverage, 0)
        with rasterio.open(coverage) as raster:
            overviews = len(raster.overviews(1))
            assert overviews or max(raster.shape) <= raster.block_shapes[0][0]
        for number in range(1, overviews + 1):
            above, candidates = level(release, coverage, number), quarters(below)
            assert np.array_equal(above[0], reduce(candidates[:, 0])), (coverage, number)
            # All bands are those of one and the same pixel below that carries the class.
            same = (candidates == above).all(axis=1)
            assert same.any(axis=0).all(), (coverage, number)
            below, checked = above, checked + 1
    assert checked >= 4


def level(release, coverage: Path, number: int) -> np.ndarray:
    """Coverage, provenance and agreement of a sheet on one level, 0 the full resolution."""
    options = {} if number == 0 else {"overview_level": number - 1}
    planes = []
    for product in ("coverage", "provenance", "agreement"):
        path = release.folder / product / Path(*coverage.relative_to(release.folder).parts[1:])
        with rasterio.open(path, **options) as raster:
            planes.append(raster.read().astype(np.int32))
    return np.concatenate(planes)


def quarters(planes: np.ndarray) -> np.ndarray:
    """The four pixels that each pixel of an overview stands for; -1 where there is none."""
    _, height, width = planes.shape
    padded = np.pad(planes, ((0, 0), (0, height % 2), (0, width % 2)), constant_values=-1)
    return np.stack([padded[:, row::2, column::2] for row in (0, 1) for column in (0, 1)])


def mode(four: np.ndarray) -> np.ndarray:
    """The class that most of four hold; of several the lowest."""
    votes = np.stack([(four == one).sum(axis=0) for one in four])
    best = np.where(four >= 0, votes * 65_536 - four, -1)
    return np.take_along_axis(four, best.argmax(axis=0)[None], axis=0)[0]


def nearest(four: np.ndarray) -> np.ndarray:
    return four[0]


# --- tables ------------------------------------------------------------------------------------------------------------


def test_the_tables_have_the_columns_and_types_that_are_fixed(release):
    for table, columns in TABLES.items():
        described = release.query(f"describe select * from {{{table}}}")
        assert {name: kind for name, kind, *_ in described} == columns
        assert [name for name, *_ in described] == list(columns)
    inputs = [(name, kind) for name, kind, *_ in release.query("describe select * from {inputs}")]
    assert inputs[:6] == [
        ("source", "USMALLINT"),
        ("period", "VARCHAR"),
        ("path", "VARCHAR"),
        ("band", "USMALLINT"),
        ("bytes", "BIGINT"),
        ("sha256", "VARCHAR"),
    ]


def test_the_geoparquet_is_valid(release, shared):
    path = release.folder / "territories.parquet"
    validator = shared / "validators/validate_geoparquet.py"
    done = subprocess.run([sys.executable, validator, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_territories_open_in_geopandas(release):
    territories = geopandas.read_parquet(release.folder / "territories.parquet")
    assert territories.crs.to_epsg() == 31976
    assert list(territories.columns)[:4] == ["kind", "key", "name", "geometry"]
    # Those of a region layer are pixels and have no outline, and so are crossings with them.
    assert set(territories[territories.geometry.isna()].kind) == {"biome", "biome_municipality"}
    assert territories.geometry.dropna().is_valid.all()
    crossed = territories[territories.kind == "biome_municipality"].key
    assert crossed.is_unique and all(key.split("|")[0] in "123" for key in crossed)
    counts = territories.kind.value_counts().to_dict()
    assert counts == {"municipality": 12, "biome": 3, "biome_municipality": len(crossed)}


def masks_of_territories(release, root) -> dict[tuple, np.ndarray]:
    """Which pixels belong to each territory, by rasterio and straight from the fixtures."""
    with rasterio.open(root / "fixtures/demo/biomes.tif") as raster:
        biomes, crs, transform = raster.read(1), raster.crs, raster.transform
    masks = {("biome", str(number)): biomes == number for number in (1, 2, 3)}
    shapes = geopandas.read_file(root / "fixtures/demo/municipalities.geojson").to_crs(crs)
    for code, shape in shapes.dissolve("code").geometry.items():
        masks["municipality", code] = rasterize([(shape, 1)], biomes.shape, transform=transform).astype(bool)
    inside = biomes != 0
    for kind in ("biome", "municipality"):
        held = np.logical_or.reduce([mask for (of, _), mask in masks.items() if of == kind])
        masks[kind, ""] = ~held
    for biome, municipality in [
        (biome, municipality)
        for biome in (1, 2, 3)
        for of, municipality in list(masks)
        if of == "municipality" and municipality
    ]:
        crossed = masks["biome", str(biome)] & masks["municipality", municipality] & inside
        if crossed.any():
            masks["biome_municipality", f"{biome}|{municipality}"] = crossed
    masks["biome_municipality", ""] = masks["biome", ""] | masks["municipality", ""]
    masks["coverage", ""] = np.ones_like(inside)
    return {key: mask & inside for key, mask in masks.items()}


def test_areas_are_the_counts_of_the_pixels(release, root):
    masks = masks_of_territories(release, root)
    rows: dict[tuple, dict] = {}
    for *key, klass, source, rule, pixels in release.query(
        "select territory_kind, territory, period, class, source, rule, pixels from {areas}"
    ):
        of = rows.setdefault(tuple(key), {})
        assert (klass, source, rule) not in of, "a row stands once"
        if pixels:
            of[klass, source, rule] = pixels
    for period in PERIODS:
        coverage, (source, rule, _) = release.coverage(period), release.bands("provenance", period)
        for (kind, territory), mask in masks.items():
            expected = counted(coverage[mask], source[mask], rule[mask])
            got = rows.pop((kind, territory, period), {})
            assert got == expected, (kind, territory, period)
    assert not rows, "rows of territories that there are not"


def test_territories_of_a_kind_may_overlap(mutirao, root, tmp_path):
    pipeline = demo_with(tmp_path / "demo", root)
    network = yaml.safe_load(pipeline.read_text(encoding="utf-8"))
    boxes = {"west": box(600000, 183000, 618015, 210000), "middle": box(609015, 190005, 625000, 205005)}
    geopandas.GeoDataFrame({"code": list(boxes)}, geometry=list(boxes.values()), crs="EPSG:31976").to_file(
        tmp_path / "demo/boxes.gpkg"
    )
    network["territories"] = {"box": {"source": "boxes.gpkg", "key": "code", "name": "code"}}
    pipeline.write_text(yaml.safe_dump(network, sort_keys=False, allow_unicode=True), encoding="utf-8")
    release = publish(mutirao, pipeline)
    mutirao("verify", release.folder)

    inside = masks_of_territories(release, root)["coverage", ""]
    # Some centres lie on edges: they belong to what is east of the edge, then to what is south of it.
    xs, ys = 600015 + 30 * np.arange(1200)[None, :], 209985 - 30 * np.arange(900)[:, None]
    held = {}
    for name, shape in boxes.items():
        left, bottom, right, top = shape.bounds
        held[name] = inside & (xs >= left) & (xs < right) & (ys > bottom) & (ys <= top)
    assert (held["west"] & held["middle"]).any()
    held[""] = inside & ~(held["west"] | held["middle"])
    rows = release.query(
        "select territory, sum(pixels)::bigint from {areas} "
        "where period = '2019' and territory_kind = 'box' group by all"
    )
    assert dict(rows) == {name: int(mask.sum()) for name, mask in held.items()}


def test_areas_in_hectares_do_not_depend_on_how_they_are_grouped(release):
    sums = release.query(
        "select period, territory_kind, sum(pixels), sum(area_ha) from {areas} group by all order by all"
    )
    for period in PERIODS:
        of_period = [row[2:] for row in sums if row[0] == period]
        assert len(of_period) == 4
        assert {pixels for pixels, _ in of_period} == {of_period[0][0]}
        assert [area for _, area in of_period] == pytest.approx([of_period[0][1]] * 4, rel=1e-12)


def test_sources_and_inputs_name_what_was_read(release, root):
    network = yaml.safe_load((root / "pipelines/demo/pipeline.yaml").read_text(encoding="utf-8"))
    named = [
        (name, member, entry["partner"])
        for name, layer in network["layers"].items()
        if "role" not in layer
        for member, entry in layer.get("members", {None: layer}).items()
    ]
    regions = [(name, None, None) for name, layer in network["layers"].items() if "role" in layer]
    rows = release.query("select source, layer, member, partner from {sources} order by source")
    assert rows == [(number, *row) for number, row in enumerate(named + regions, 1)]
    for path, size, digest in release.query("select path, bytes, sha256 from {inputs}"):
        content = (root / path).read_bytes()
        assert len(content) == size and hashlib.sha256(content).hexdigest() == digest, path
    used = release.query("select source, period, count(*) from {inputs} group by all order by all")
    assert used == [(source, period, 1) for source in range(1, len(rows) + 1) for period in PERIODS]


def test_the_manifest_lists_every_file(release):
    listed = {entry["path"]: entry for entry in release.manifest["files"]}
    there = {path.relative_to(release.folder).as_posix(): path for path in release.folder.rglob("*") if path.is_file()}
    assert set(there) == set(listed) | {"manifest.json"}
    for name, entry in listed.items():
        content = there[name].read_bytes()
        assert entry["bytes"] == len(content) and entry["sha256"] == hashlib.sha256(content).hexdigest(), name


def test_verify_finds_nothing_amiss(mutirao, release):
    mutirao("verify", release.folder)


# --- the same, however it is run ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("tile", [64, 512])
@pytest.mark.parametrize("threads", [1, 2, 8])
def test_results_do_not_depend_on_threads_and_tiles(mutirao, releases, root, tmp_path, threads, tile):
    release = publish(mutirao, demo_with(tmp_path / "demo", root, tile=tile), "--threads", threads)
    plain = releases["plain"]
    for product in ("coverage", "provenance", "agreement"):
        for period in PERIODS:
            assert np.array_equal(release.bands(product, period), plain.bands(product, period)), (product, period)
    every = "select * from {areas} order by all"
    assert release.query(every) == plain.query(every)
    assert release.manifest["histograms"] == plain.manifest["histograms"]
    if tile == 512:
        for path in rasters(plain):
            same = release.folder / path.relative_to(plain.folder)
            assert same.read_bytes() == path.read_bytes(), "the same tiles make the same bytes"
