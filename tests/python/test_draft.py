"""Drafts: a part of a coverage, for those who tune a rule table, with the pixels of the full run."""

import json

import geopandas
import numpy as np
import pyarrow.parquet
import pytest
import rasterio
from rasterio.warp import transform_bounds
from rasterio.windows import from_bounds


@pytest.fixture
def draft(mutirao, root, tmp_path):
    """Runs a draft of the demo and says what came of it."""

    def run(*arguments):
        said = mutirao.json("run", root / "pipelines/demo", "--out", tmp_path, "--draft", *arguments)
        assert said["verdict"] == "drafted", said
        return next(tmp_path.glob("*/draft"))

    return run


def assert_same_pixels(draft, release, period, at_least):
    """Everything in the draft is as in the release, and the draft holds at least a window."""
    for product in ["coverage", "provenance", "agreement"]:
        with (
            rasterio.open(draft / f"{product}/{period}.tif") as own,
            rasterio.open(release / f"{product}/{period}.tif") as full,
        ):
            place = from_bounds(*own.bounds, transform=full.transform).round()
            assert (own.crs, own.nodata) == (full.crs, full.nodata)
            np.testing.assert_array_equal(own.read(), full.read(window=place), err_msg=product)
            assert place.col_off <= at_least.col_off and place.row_off <= at_least.row_off
            assert place.col_off + place.width >= at_least.col_off + at_least.width
            assert place.row_off + place.height >= at_least.row_off + at_least.height
            assert place.width < full.width, "only a part is made"


def test_a_box_in_one_period_has_the_pixels_of_the_full_run(demo, draft):
    window = rasterio.windows.Window(600, 560, 200, 150)
    with rasterio.open(demo / "coverage/2020.tif") as raster:
        box = transform_bounds(raster.crs, "EPSG:4326", *rasterio.windows.bounds(window, raster.transform))
    made = draft("--bbox=" + ",".join(map(str, box)), "--period", "2020")
    assert_same_pixels(made, demo, "2020", window)
    assert sorted(path.name for path in (made / "coverage").glob("*.tif")) == ["2020.tif"]
    manifest = json.loads((made / "manifest.json").read_text())
    assert manifest["schema"] == "mutirao.draft/1" and manifest["periods"] == ["2020"]
    with rasterio.open(made / "coverage.vrt") as vrt, rasterio.open(made / "coverage/2020.tif") as own:
        np.testing.assert_array_equal(vrt.read(), own.read())


def test_a_territory_in_all_periods(demo, draft):
    territories = geopandas.read_parquet(demo / "territories.parquet")
    own = territories[territories.kind == "municipality"].iloc[0]
    made = draft("--territory", f"municipality={own.key}")
    with rasterio.open(demo / "coverage/2020.tif") as raster:
        window = from_bounds(*own.geometry.bounds, transform=raster.transform)
        window = window.intersection(rasterio.windows.Window(0, 0, raster.width, raster.height))
    for period in ["2019", "2020"]:
        assert_same_pixels(made, demo, period, window)
    # Its areas are those of the full run, since all of it was made.
    def areas(folder):
        table = pyarrow.parquet.read_table(folder / "areas.parquet").to_pandas()
        return table[(table.territory == own.key) & (table.territory_kind == "municipality")].reset_index(drop=True)

    assert areas(made).equals(areas(demo))


def test_a_draft_is_no_release(mutirao, demo, draft, root):
    made = draft("--period", "2019", "--bbox=-180,-90,180,90")
    said = mutirao.json("verify", made, code=None)
    assert "this is a draft, no release" in json.dumps(said)
    # A second one takes the first one's place.
    draft("--period", "2020")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--draft", "--period", "1999"], "its periods are 2019, 2020"),
        (["--draft", "--territory", "municipality=nowhere"], "there is no municipality nowhere"),
        (["--draft", "--territory", "county=1"], "the pipeline has no territories county"),
        (["--draft", "--territory", "biome=1"], "have no polygons"),
        (["--draft", "--bbox=10,10,11,11"], "lies outside the grid"),
        (["--draft", "--bbox=1,2,3"], "is not four numbers"),
        (["--bbox=1,2,3,4"], "--draft"),
    ],
)
def test_what_is_not_there_is_told(mutirao, root, tmp_path, arguments, words):
    said = mutirao("run", root / "pipelines/demo", "--out", tmp_path, *arguments, code=2)
    assert words in said.stderr, said.stderr
    assert not list(tmp_path.glob("*/draft"))
