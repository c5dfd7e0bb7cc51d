"""Contracts that `mutirao contract new` drafts are valid ODCS, and the layers that they are drafted from pass them."""

import glob
from pathlib import Path

import jsonschema
import numpy
import pyogrio
import pytest
import rasterio
import shapely

from networks import plain_legend, write_network
from test_contracts import load, ours, published

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared/data"
DEMO = ["mining_*", "mata_*", "campo_*", "varzea_*", "urban_*", "water", "agriculture_*", "pasture_*", "biomes"]
REAL = [
    "mapbiomas-lourenco/c6_annual/*",
    "mapbiomas-lourenco/later_stack/*",
    "usda-cdl-kansas/tiles/2021_30m_cdls_*",
    "usda-cdl-kansas/tiles/2021_30m_confidence_layer_*",
    "usda-cdl-kansas/tiles/crop_frequency_corn_*",
    "nlcd-zion/nlcd",
    "nlcd-zion/nlcd2011",
    *[f"landfire-storm-lake/storml_{name}" for name in ["evc", "evh", "evt", "tcc"]],
]


def held(mutirao, tmp_path, files):
    """The draft of these files, after all that must hold of it."""
    path = tmp_path / "draft.odcs.yaml"
    mutirao("contract", "new", *files, "--out", path)
    draft = load(path)
    jsonschema.Draft201909Validator(published()).validate(draft)
    jsonschema.Draft202012Validator(ours()).validate(draft)
    report = mutirao.json("check", *files, "--contract", path)
    assert report["verdict"] == "pass"
    assert not [one for one in report["findings"] if one["severity"] != "info"]
    return draft


def values(draft):
    return {one["property"]: one["value"] for one in draft["schema"][0]["customProperties"]}


@pytest.mark.parametrize("name", DEMO)
def test_layers_of_the_demo_pass_their_own_drafts(mutirao, tmp_path, name):
    files = sorted(glob.glob(f"{ROOT}/fixtures/demo/{name}.tif"))
    assert files
    held(mutirao, tmp_path, files)


@pytest.mark.parametrize("name", REAL)
def test_real_layers_pass_their_own_drafts(mutirao, tmp_path, name):
    files = sorted(glob.glob(f"{DATA}/{name}.tif"))
    if not files:
        pytest.skip("skipped: ../shared is not here")
    draft = held(mutirao, tmp_path, files)
    if name.endswith("c6_annual/*"):
        terms = values(draft)
        assert terms["periods"] == [str(year) for year in range(1985, 2021)]
        assert terms["classes"]["allowed"] == [0, 3, 4, 11, 12, 15, 30, 33, 41]
        assert terms["nodata"] == {"value": 65535, "declared": True}
        assert draft["schema"][0]["physicalName"] == "utm_cover_AP_lorenco_{period}.tif"
    if name.endswith("later_stack/*"):
        assert draft["schema"][0]["properties"][0]["physicalName"] == "mapbiomas_cover_{period}"
        assert len(values(draft)["periods"]) == 38


VECTORS = [
    "parcels-partners/at/*.zip",
    "parcels-partners/bg/*.zip",
    "parcels-partners/cz/*",
    "parcels-partners/dk/*.zip",
    "parcels-partners/fi/*.gpkg",
    "parcels-partners/jecam/*.shp",
    "parcels-partners/nl/*.gpkg",
    "parcels-partners/us_ca_scm/*.zip",
    "india-districts-2019/india-districts-2019-734.json",
    "india-districts-2019/india-districts-727.json",
]


@pytest.mark.parametrize("name", VECTORS)
def test_real_vectors_pass_their_own_drafts(mutirao, tmp_path, name):
    files = sorted(glob.glob(f"{DATA}/{name}"))
    if not files:
        pytest.skip("skipped: ../shared is not here")
    path = tmp_path / "draft.odcs.yaml"
    mutirao("contract", "new", files[0], "--out", path)
    draft = load(path)
    jsonschema.Draft201909Validator(published()).validate(draft)
    jsonschema.Draft202012Validator(ours()).validate(draft)
    assert draft["schema"][0]["physicalName"] == Path(files[0]).name
    report = mutirao.json("check", files[0], "--contract", path)
    assert report["verdict"] == "pass"
    assert {one["code"] for one in report["findings"]} <= {"encoding"}


def test_a_table_passes_its_own_draft(mutirao, tmp_path):
    table = tmp_path / "places.csv"
    table.write_text("code,name,since,size\nA1,São João,2020-01-02,1.5\nB2,Vila Nova,2021-12-31,2\n", encoding="utf-8")
    path = tmp_path / "draft.odcs.yaml"
    mutirao("contract", "new", table, "--out", path)
    assert mutirao.json("check", table, "--contract", path)["verdict"] == "pass"


def test_a_layer_of_several_is_named(mutirao, tmp_path):
    file = tmp_path / "all.gpkg"
    squares = [shapely.box(at, 0, at + 1, 1) for at in range(3)]
    for name, count in [("farms", 3), ("wells", 2)]:
        fields = [numpy.array([f"{name}{at}" for at in range(count)], dtype=object)]
        geometry = [shapely.to_wkb(shape if name == "farms" else shape.centroid) for shape in squares[:count]]
        kind = "Polygon" if name == "farms" else "Point"
        pyogrio.raw.write(file, numpy.array(geometry, dtype=object), fields, ["code"], layer=name, driver="GPKG", geometry_type=kind, crs="EPSG:31976", append=file.exists())
    refused = mutirao("contract", "new", file, code=1)
    assert "farms" in refused.stderr and "--layer" in refused.stderr
    path = tmp_path / "wells.odcs.yaml"
    mutirao("contract", "new", file, "--layer", "wells", "--out", path)
    assert load(path)["id"] == "wells"
    report = mutirao.json("check", file, "--contract", path)
    assert report["verdict"] == "pass"
    assert [one["layer"] for one in report["facts"]["layers"]] == ["wells"]
    mutirao("contract", "new", file, "--layer", "mines", code=1)


def raster(path, pixels, transform=rasterio.Affine(30, 0, 500000, 0, -30, 200000), crs="EPSG:31976", nodata=0, **more):
    planes = pixels if pixels.ndim == 3 else pixels[None]
    count, height, width = planes.shape
    size = {"count": count, "height": height, "width": width, "dtype": planes.dtype, "nodata": nodata}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=transform, **size, **more) as out:
        out.write(planes)
    return path


PIXELS = (numpy.arange(1600).reshape(40, 40) // 400 + 1).astype("uint8")


def plain(tmp_path, name="map_2019.tif", **more):
    return raster(tmp_path / name, PIXELS, **more)


def test_without_true_areas_no_minimum_is_drafted(mutirao, tmp_path):
    # Metres that are called degrees: the pixels lie nowhere on the ground.
    pixels = PIXELS.copy()
    pixels[20:22, 20:22] = 9
    file = raster(tmp_path / "metres.tif", pixels, crs="EPSG:4326")
    said = mutirao("contract", "new", file).stdout
    assert "minimum-mapping-unit" not in said and "true areas" in said


AFFINE = {
    "rotated": rasterio.Affine(30, 5, 500000, 5, -30, 200000),
    "south-up": rasterio.Affine(30, 0, 500000, 0, 30, 200000),
    "mirrored": rasterio.Affine(-30, 0, 500000, 0, -30, 200000),
}


@pytest.mark.parametrize("how", AFFINE)
def test_a_draft_says_why_a_file_lies_on_no_grid(mutirao, tmp_path, how):
    file = plain(tmp_path, transform=AFFINE[how])
    said = mutirao("contract", "new", file).stdout
    assert f"A file is {how}" in said and "gdalwarp" in said and "do not say where they lie" not in said


MIXTURES = {
    "types": {"pixels": PIXELS.astype("int16")},
    "offsets": {"transform": rasterio.Affine(30, 0, 500013, 0, -30, 200000)},
    "resolutions": {"transform": rasterio.Affine(20, 0, 500000, 0, -20, 200000)},
    "CRSs": {"crs": "EPSG:31977"},
    "nodata": {"nodata": 255},
    "places": {"transform": None, "crs": None},
    "directions": {"transform": AFFINE["south-up"]},
    "bands": {"pixels": numpy.stack([PIXELS, PIXELS])},
}


@pytest.mark.parametrize("name", MIXTURES)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_mixtures_pass_their_own_draft_or_have_none(mutirao, tmp_path, name):
    more = dict(MIXTURES[name])
    files = [plain(tmp_path), raster(tmp_path / "map_2020.tif", more.pop("pixels", PIXELS), **more)]
    path = tmp_path / "draft.odcs.yaml"
    done = mutirao("contract", "new", *files, "--out", path, code=None)
    assert done.code == 0 or (done.code == 1 and "no contract fits" in done.stderr and not path.exists())
    assert done.code == 1 or name not in {"resolutions", "CRSs"}
    if done.code == 0:
        assert mutirao.json("check", *files, "--contract", path)["verdict"] == "pass"
    if name == "types":
        assert "physicalType" not in load(path)["schema"][0]["properties"][0]
        assert "int16, uint8" in path.read_text()


def test_bands_without_periods_are_no_series(mutirao, tmp_path):
    planes = numpy.stack([PIXELS, numpy.roll(PIXELS, 7, 0), PIXELS, numpy.roll(PIXELS, 3, 1)])
    said = mutirao("contract", "new", raster(tmp_path / "stack.tif", planes)).stdout
    assert "flicker" not in said and "4 periods" not in said and "in 4 bands" in said


@pytest.mark.parametrize("name", ["", "../x", "a/b", "."])
def test_ids_are_plain_names(mutirao, tmp_path, name):
    done = mutirao("contract", "new", plain(tmp_path), f"--id={name}", code=2)
    assert "plain name" in done.stderr


def test_the_name_of_files_is_that_of_the_pipeline(mutirao, tmp_path):
    (tmp_path / "data").mkdir()
    files = [plain(tmp_path / "data", f"mining_v1_{year}.tif") for year in (2019, 2020)]
    grid = {"crs": "EPSG:31976", "origin": [500000, 200000], "resolution": 30, "size": [40, 40]}
    mining = {"version": "1", "source": "data/mining_v{version}_{period}.tif"}
    rules = {"method": "prevalence", "rules": [{"take": {"mining": "any"}}]}
    write_network(tmp_path, plain_legend(range(1, 5)), grid=grid, periods=[2019, 2020], layers={"mining": mining}, coverage=rules)
    path = tmp_path / "mining.odcs.yaml"
    mutirao("contract", "new", *files, "--network", tmp_path, "--id", "mining", "--out", path)
    assert load(path)["schema"][0]["physicalName"] == "mining_v{version}_{period}.tif"
    assert mutirao.json("check", *files, "--contract", path)["verdict"] == "pass"
    # The next version keeps the same contract.
    later = [file.rename(tmp_path / "data" / file.name.replace("_v1_", "_v2.1_")) for file in files]
    said = mutirao.json("check", *later, "--contract", path)
    assert said["verdict"] == "pass" and [one["period"] for one in said["facts"]["periods"]] == ["2019", "2020"]
