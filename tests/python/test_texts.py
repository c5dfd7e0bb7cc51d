"""What people read first in a release, as the tools of others read it: citation, tables, styles, pictures, the list."""

import hashlib
import json
from datetime import date
from xml.etree import ElementTree

import duckdb
import jsonschema
import numpy as np
import pandas
import pytest
import rasterio
import yaml
from PIL import Image

from networks import Release, publish, write_network
from test_outputs import demo_with

PERIODS = ["2019", "2020"]
SE = "{http://www.opengis.net/se}"
ODD_NAME = 'Água, "the" <b>\n&\'| *new*'


def palette(folder) -> dict[int, tuple[int, int, int]]:
    legend = pandas.read_csv(folder / "legend.csv")
    return {row.id: tuple(bytes.fromhex(row.color.lstrip("#"))) for row in legend.itertuples()}


@pytest.fixture(scope="module")
def odd(mutirao, tmp_path_factory):
    """A release of names that mean something to every format, with 40 periods and a legend of 200 classes in three levels."""
    folder = tmp_path_factory.mktemp("odd") / "odd"
    folder.mkdir()
    classes = (np.arange(300 * 200) // 300 + 1).reshape(200, 300).astype("uint8")
    profile = {"driver": "GTiff", "dtype": "uint8", "nodata": 0, "count": 1, "width": 300, "height": 200}
    profile |= {"crs": "EPSG:31976", "transform": rasterio.Affine(30, 0, 405000, 0, -30, 180000)}
    with rasterio.open(folder / "base.tif", "w", **profile) as raster:
        raster.write(classes, 1)
    parents = {k: "" if k % 20 == 1 else (k - k % 20 + 1 if k % 5 == 0 else k - 1) for k in range(1, 201)}
    legend = [(k, parents[k] if k % 20 else "", f"{ODD_NAME} {k}", f"#{k * 80000:06x}") for k in range(1, 201)]
    pipeline = write_network(
        folder,
        legend,
        title=ODD_NAME,
        license="CDLA-Permissive-2.0 OR CC-BY-4.0",
        citation=ODD_NAME,
        doi="10.5281/zenodo.1",
        contact="https://net.example/ask",
        grid={"like": "base.tif"},
        periods=["1981..2020"],
        partners={"p": {"name": ODD_NAME, "url": "https://p.example", "license": "CC-BY-4.0"}, "q": {"license": "CC0-1.0"}},
        layers={
            "base": {"partner": "p", "source": "base.tif", "static": True},
            "more": {"partner": "q", "source": "base.tif", "static": True, "version": "7"},
        },
        coverage={"method": "first"},
    )
    return publish(mutirao, pipeline)


@pytest.fixture(params=["demo", "odd"])
def release(request, demo):
    return Release(demo) if request.param == "demo" else request.getfixturevalue("odd")


# --- citation ----------------------------------------------------------------------------------------------------------


def test_the_citation_is_valid(release, root):
    """By the format's own schema, which is of its authors (Druskat et al. 2021, CC-BY-4.0)."""
    schema = json.loads((root / "tests/python/cff-1.2.0.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.FormatChecker()
    text = (release.folder / "CITATION.cff").read_text(encoding="utf-8")
    citation = yaml.safe_load(text)
    jsonschema.validate(citation, schema, jsonschema.Draft7Validator, format_checker=checker)
    assert citation["type"] == "dataset"
    assert citation["version"] == release.manifest["version"]
    assert date.fromisoformat(citation["date-released"]).isoformat() == release.manifest["started"][:10]
    assert citation["title"] == release.manifest["title"]


def test_the_citation_says_what_the_pipeline_says(odd):
    citation = yaml.safe_load((odd.folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["doi"] == "10.5281/zenodo.1"
    assert citation["message"].endswith(ODD_NAME)
    assert citation["contact"] == [{"name": ODD_NAME, "website": "https://net.example/ask"}]
    assert [author["name"] for author in citation["authors"]] == [ODD_NAME, "q"]
    assert [reference["license"] for reference in citation["references"]] == ["CC-BY-4.0", "CC0-1.0"]


# --- tables ------------------------------------------------------------------------------------------------------------


def test_the_spreadsheet_is_the_table_summed(release):
    assert (release.folder / "areas.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "Excel needs the mark"
    types = {"period": str, "territory_kind": str, "territory": str, "territory_name": str, "class_name": str}
    table = pandas.read_csv(release.folder / "areas.csv", dtype=types, keep_default_na=False)
    keys = ["period", "territory_kind", "territory", "territory_name", "class"]
    rows = pandas.read_parquet(release.folder / "areas.parquet")
    due = rows.groupby(keys, as_index=False)[["pixels", "area_ha"]].sum()
    got = table[keys + ["pixels", "area_ha"]].sort_values(keys, ignore_index=True)
    due["class"] = due["class"].astype("int64")
    pandas.testing.assert_frame_equal(got, due, check_dtype=False, rtol=1e-12)
    shares = table[table.percent != ""].copy()
    shares["percent"] = shares.percent.astype(float)
    sums = shares.groupby(keys[:3]).percent.sum()
    assert np.allclose(sums, 100, atol=1e-3)


def test_every_level_sums_up_to_the_whole(demo):
    table = pandas.read_csv(demo / "areas.csv", dtype={"period": str})
    whole = table[(table.territory_kind == "coverage") & (table.period == "2020")]
    for level in ["level_1", "level_2", "level_3"]:
        assert whole.groupby(level).area_ha.sum().sum() == pytest.approx(whole.area_ha.sum())
    farming = whole[whole["class"].isin([15, 39, 41])].area_ha.sum()
    assert whole.groupby("level_1").area_ha.sum()["Farming"] == pytest.approx(farming)


def test_duckdb_reads_the_spreadsheet_by_itself(release):
    path = release.folder / "areas.csv"
    first = duckdb.sql(f"select * from read_csv('{path}', all_varchar = true) limit 1")
    assert first.columns[:6] == ["period", "territory_kind", "territory", "territory_name", "class", "class_name"]
    count = duckdb.sql(f"select count(*) from read_csv('{path}', all_varchar = true)").fetchall()
    assert count == [(len(pandas.read_csv(path)),)]


def test_the_legend_keeps_its_columns_and_gains_levels(demo, root):
    own = pandas.read_csv(root / "pipelines/demo/legend.csv", dtype=str, keep_default_na=False)
    got = pandas.read_csv(demo / "legend.csv", dtype=str, keep_default_na=False)
    pandas.testing.assert_frame_equal(got[list(own.columns)], own)
    assert list(got.columns) == [*own.columns, "level", "level_1", "level_2", "level_3"]
    soybean = got[got.id == "39"].iloc[0]
    assert list(soybean[["level", "level_1", "level_2", "level_3"]]) == ["3", "Farming", "Agriculture", "Soybean"]


# --- styles and rasters ------------------------------------------------------------------------------------------------


def test_styles_hold_the_legend(release):
    legend = pandas.read_csv(release.folder / "legend.csv")
    periods = release.manifest["periods"]
    assert len(periods) in (2, 40)
    for period in periods:
        qml = ElementTree.parse(release.folder / f"coverage/{period}.qml").getroot()
        entries = {int(e.get("value")): (e.get("label"), e.get("color")) for e in qml.iter("paletteEntry")}
        assert entries == {row.id: (row.name, row.color) for row in legend.rename_axis("at").itertuples(index=False)}
        assert qml.find("pipe/rasterrenderer").get("type") == "paletted"
        sld = ElementTree.parse(release.folder / f"coverage/{period}.sld").getroot()
        steps = list(sld.find(f".//{SE}Categorize"))[2:]
        colours = {int(t.text): v.text for t, v in zip(steps[::2], steps[1::2])}
        assert colours == dict(zip(legend.id, legend.color)) and list(colours) == sorted(colours)


def test_the_vrt_opens_with_periods_names_and_colours(release):
    colours = palette(release.folder)
    names = dict(pandas.read_csv(release.folder / "legend.csv")[["id", "name"]].itertuples(index=False))
    categories = ElementTree.parse(release.folder / "coverage.vrt").find("VRTRasterBand/CategoryNames")
    assert {k: e.text for k, e in enumerate(categories) if e.text} == names
    with rasterio.open(release.folder / "coverage.vrt") as vrt:
        assert list(vrt.descriptions) == release.manifest["periods"]
        for band in range(1, vrt.count + 1):
            assert {k: vrt.colormap(band)[k][:3] for k in colours} == colours
        last = release.folder / f"coverage/{release.manifest['periods'][-1]}.tif"
        with rasterio.open(last) as raster:
            assert np.array_equal(vrt.read(vrt.count), raster.read(1))


# --- pictures ----------------------------------------------------------------------------------------------------------


def check_picture(release, period) -> np.ndarray:
    with Image.open(release.folder / f"preview/{period}.png") as picture:
        assert picture.format == "PNG" and max(picture.size) <= 1024 and picture.mode == "RGB"
        pixels = np.array(picture)
    assert (pixels[:8] == 255).all() and (pixels[:, :8] == 255).all(), "a white margin"
    return pixels


def colours_in(pixels) -> set:
    return set(map(tuple, np.unique(pixels.reshape(-1, 3), axis=0).tolist()))


@pytest.mark.parametrize("period", PERIODS)
def test_the_picture_holds_the_classes_of_the_map(demo, period):
    release = Release(demo)
    held = colours_in(check_picture(release, period))
    colours = palette(demo)
    present = set(np.unique(release.coverage(period)).tolist()) - {0}
    assert {colours[k] for k in present} <= held


def test_the_picture_is_the_map_and_no_mixture_of_it(demo):
    """Each pixel of the map's part has a colour of the legend, or is white; most are those of the full resolution there."""
    release = Release(demo)
    pixels = check_picture(release, "2020")
    frame = (pixels == 200).all(axis=2)
    left, top = np.argmax(frame.sum(axis=0) > 400), np.argmax(frame.sum(axis=1) > 400)
    right = pixels.shape[1] - 1 - np.argmax(frame.sum(axis=0)[::-1] > 400)
    bottom = pixels.shape[0] - 1 - np.argmax(frame.sum(axis=1)[::-1] > 400)
    drawn = pixels[top + 1 : bottom, left + 1 : right]
    coverage = release.coverage("2020")
    assert drawn.shape[1] / drawn.shape[0] == pytest.approx(coverage.shape[1] / coverage.shape[0], abs=0.01)
    colours = palette(demo)
    table = np.full((256, 3), 255, "uint8")
    for klass, colour in colours.items():
        table[klass] = colour
    assert colours_in(drawn) <= set(colours.values()) | {(255, 255, 255)}
    rows = ((np.arange(drawn.shape[0]) + 0.5) * coverage.shape[0] / drawn.shape[0]).astype(int)
    columns = ((np.arange(drawn.shape[1]) + 0.5) * coverage.shape[1] / drawn.shape[1]).astype(int)
    assert np.array_equal(drawn, table[coverage[np.ix_(rows, columns)]])


def test_sheets_make_the_same_picture(mutirao, demo, root, tmp_path):
    sheets = publish(mutirao, demo_with(tmp_path / "demo", root, tile=256, sheet=512))
    for period in PERIODS:
        assert np.array_equal(check_picture(sheets, period), check_picture(Release(demo), period))
        assert (sheets.folder / f"coverage/{period}.vrt").exists() and (sheets.folder / f"coverage/{period}.qml").exists()


def test_long_legends_and_titles_fit(odd):
    for period in ["1981", "2020"]:
        check_picture(odd, period)


def test_large_maps_are_drawn_from_their_overviews(mutirao, tmp_path):
    """Stripes of one pixel: their overviews by MODE hold one class, any mixture would hold another colour."""
    stripes = np.tile(np.where(np.arange(4096) % 4 == 0, 2, 1).astype("uint8"), (4096, 1))
    profile = {"driver": "GTiff", "dtype": "uint8", "nodata": 0, "count": 1, "width": 4096, "height": 4096}
    profile |= {"crs": "EPSG:31976", "transform": rasterio.Affine(30, 0, 405000, 0, -30, 180000)}
    (tmp_path / "net").mkdir()
    with rasterio.open(tmp_path / "net/base.tif", "w", tiled=True, compress="deflate", **profile) as raster:
        raster.write(stripes, 1)
    legend = [(1, "", "most", "#102030"), (2, "", "stripes", "#fedcba")]
    pipeline = write_network(
        tmp_path / "net", legend, grid={"like": "base.tif"}, periods=["2020"],
        layers={"base": {"source": "base.tif"}}, coverage={"method": "first"},
    )  # fmt: skip
    release = publish(mutirao, pipeline)
    pixels = check_picture(release, "2020")
    most = (pixels == (0x10, 0x20, 0x30)).all(axis=2).sum()
    stripes = (pixels == (0xFE, 0xDC, 0xBA)).all(axis=2).sum()
    assert most > 600 * 600 and stripes < 400, "the swatch of the legend alone"


# --- the list of releases ----------------------------------------------------------------------------------------------


def test_the_list_names_the_manifest(demo):
    listing = json.loads((demo.parent / "releases.json").read_text(encoding="utf-8"))
    (only,) = listing["releases"]
    assert (listing["schema"], listing["id"]) == ("mutirao.releases/1", "arauna")
    assert (only["version"], only["status"]) == ("2026.1", "published")
    assert only["manifest"] == hashlib.sha256((demo / "manifest.json").read_bytes()).hexdigest()
