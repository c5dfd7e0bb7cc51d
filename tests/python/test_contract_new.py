"""Contracts that `mutirao contract new` drafts are valid ODCS, and the layers that they are drafted from pass them."""

import glob
from pathlib import Path

import jsonschema
import numpy
import pyogrio
import pytest
import shapely

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
