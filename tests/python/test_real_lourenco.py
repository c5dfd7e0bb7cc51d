"""Two vintages of MapBiomas around Lourenço, 1985-2020, as two layers: 36 files of a year each, and one stack of 38 bands."""

from types import SimpleNamespace

import numpy as np
import pytest
import rasterio

from networks import counted, publish, write_csv, write_network

PERIODS = [str(year) for year in range(1985, 2021)]
PIXELS = 1341 * 1341
LEGEND = [
    (1, "", "Forest", "#1f8d49"),
    (3, 1, "Forest Formation", "#1f8d49"),
    (4, 1, "Savanna Formation", "#7dc975"),
    (6, 1, "Floodable Forest", "#026975"),
    (10, "", "Non Forest Natural Formation", "#ad975a"),
    (11, 10, "Wetland", "#519799"),
    (12, 10, "Grassland", "#d6bc74"),
    (14, "", "Farming", "#ffefc3"),
    (15, 14, "Pasture", "#edde8e"),
    (41, 14, "Other Temporary Crops", "#f54ca9"),
    (22, "", "Non vegetated area", "#d4271e"),
    (24, 22, "Urban Area", "#d4271e"),
    (30, 22, "Mining", "#9c0027"),
    (26, "", "Water", "#2532e4"),
    (33, 26, "River, Lake and Ocean", "#2532e4"),
]
# (column, row) of the pixels of class 0, which no legend knows, by year.
UNDECLARED = {
    "2002": [(470, 1199), (471, 1199)],
    "2003": [(699, 1245)],
    "2004": [(699, 1245)],
    "2005": [(699, 1245)],
    "2011": [(851, 1276)],
    "2015": [(1040, 1314)],
    "2018": [(1006, 1307), (1080, 1322)],
    "2019": [(1080, 1322)],
    "2020": [(1080, 1322)],
}
BOTH_SPEAK_2020, BOTH_SAY_2020 = 1_795_390, 1_773_518


@pytest.fixture(scope="module")
def data(shared):
    return shared / "data/mapbiomas-lourenco"


def network(folder, data, annual=None, legend=LEGEND, periods=PERIODS, **keys):
    files = "c6_annual/utm_cover_AP_lorenco_{period}.tif"
    return write_network(
        folder,
        legend,
        # Origins of the files differ by less than a nanometre and are snapped.
        grid={"like": str(data / files).replace("{period}", "2020")},
        periods=periods,
        layers={
            "annual": {"source": str(data / files)} | (annual or {}),
            "stack": {"source": str(data / "later_stack/lorenco_85a22.tif")},
        },
        coverage={"rules": [{"take": {"annual": "any"}}, {"take": {"stack": "any"}}]},
        **keys,
    )


def with_crosswalk(folder, data):
    """The network with the pixels of class 0 made nothing on purpose."""
    folder.mkdir()
    lines = [(klass, klass, "") for klass, *_ in LEGEND]
    write_csv(folder / "annual.csv", ["from", "to", "note"], [(0, "", "not in any legend"), *lines])
    return network(folder, data, annual={"crosswalk": "annual.csv"})


@pytest.fixture(scope="module")
def merged(mutirao, data, tmp_path_factory):
    """The release, beside the pixels of both layers as rasterio reads them; 0 is nothing."""
    release = publish(mutirao, with_crosswalk(tmp_path_factory.mktemp("lourenco") / "lourenco", data))
    annual, stack = {}, {}
    with rasterio.open(data / "later_stack/lorenco_85a22.tif") as raster:
        for band, description in enumerate(raster.descriptions, 1):
            stack[description[-4:]] = raster.read(band, masked=True).filled(0)
    for period in PERIODS:
        with rasterio.open(data / f"c6_annual/utm_cover_AP_lorenco_{period}.tif") as raster:
            annual[period] = raster.read(1, masked=True).filled(0)
    return SimpleNamespace(release=release, annual=annual, stack=stack, rows=release.pixels())


def test_the_undeclared_class_is_refused_and_all_its_pixels_are_placed(mutirao, data, tmp_path):
    pipeline = network(tmp_path / "lourenco", data)
    assert mutirao.json("lint", pipeline)["findings"] == []
    answer = mutirao.json("run", pipeline, "--out", tmp_path / "out", code=1)
    errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
    assert {(one["code"], one["layer"], *one["class"]) for one in errors} == {("unknown-class", "annual", 0)}
    assert len(errors) == 9
    placed = {}
    for finding in errors:
        where = finding["where"]
        assert where["file"].endswith(f"utm_cover_AP_lorenco_{where['period']}.tif")
        assert where["count"] == len(where["pixels"])
        placed[where["period"]] = [tuple(pixel) for pixel in where["pixels"]]
    assert placed == UNDECLARED
    assert not list(tmp_path.glob("out/**/*.tif"))
    assert not list(tmp_path.glob("out/**/manifest.json"))


def test_the_two_vintages_agree_as_published(mutirao, merged, data, tmp_path):
    # What is published counts the one pixel of class 0 of that year as a class.
    legend, nodata = [(0, "", "Unknown", "#ffffff"), *LEGEND], {"nodata": 255}
    kept = publish(mutirao, network(tmp_path / "kept", data, legend=legend, periods=["2020"], outputs=nodata))
    for release, speak_both in [(kept, BOTH_SPEAK_2020), (merged.release, BOTH_SPEAK_2020 - 1)]:
        speak, agree, agree_top = release.bands("agreement", "2020")
        assert np.count_nonzero(speak == 2) == speak_both
        assert np.count_nonzero((speak == 2) & (agree == 2)) == BOTH_SAY_2020
        assert f"{BOTH_SAY_2020 / speak_both:.2%}" == "98.78%"
        assert (agree_top >= agree).all()
    assert kept.pixels()["2020", "", 0, 1, 1] == 1
    assert kept.coverage("2020")[1322, 1080] == 0
    assert kept.pixels()["2020", "", 255, 0, 0] == 2_891


def test_mining_differs_between_the_vintages(merged):
    histograms = merged.release.manifest["histograms"]
    assert histograms["annual"]["2020"]["30"] == 5_788
    assert histograms["stack"]["2020"]["30"] == 20_153
    source, rule, _ = merged.release.bands("provenance", "2020")
    _, agree, _ = merged.release.bands("agreement", "2020")
    mining = merged.release.coverage("2020") == 30
    assert np.count_nonzero(mining & (source == 1) & (rule == 1)) == 5_788
    assert np.count_nonzero(mining & (agree == 2)) == 5_775
    assert merged.rows["2020", "", 30, 1, 1] == 5_788


def test_both_nodata_values_are_nothing_in_the_same_pixels(merged):
    histograms = merged.release.manifest["histograms"]
    for period in PERIODS:
        undeclared = len(UNDECLARED.get(period, []))
        assert histograms["annual"][period]["none"] == 2_891 + undeclared
        assert histograms["stack"][period]["none"] == 2_891
        assert merged.rows[period, "", 0, 0, 0] == 2_891
        assert np.count_nonzero(merged.release.bands("agreement", period)[0] == 0) == 2_891


@pytest.mark.parametrize("period", PERIODS)
def test_every_pixel_is_as_numpy_says(merged, period):
    annual, stack = merged.annual[period].astype(np.int32), merged.stack[period].astype(np.int32)
    coverage = np.where(annual > 0, annual, stack)
    source = np.where(annual > 0, 1, np.where(stack > 0, 2, 0))
    assert np.array_equal(merged.release.coverage(period), coverage)
    provenance = merged.release.bands("provenance", period)
    assert np.array_equal(provenance[0], source)
    assert np.array_equal(provenance[1], source)  # the first rule takes the first layer, the second the second
    assert not provenance[2].any()

    tops = np.zeros(256, np.int32)
    for klass, parent, *_ in LEGEND:
        tops[klass] = parent or klass
    both = (annual > 0) & (stack > 0)
    one = (annual > 0) ^ (stack > 0)
    agreement = merged.release.bands("agreement", period)
    assert np.array_equal(agreement[0], 2 * both + one)
    assert np.array_equal(agreement[1], one + both * (1 + (annual == stack)))
    assert np.array_equal(agreement[2], one + both * (1 + (tops[annual] == tops[stack])))

    rows = {key[2:]: count for key, count in merged.rows.items() if key[0] == period}
    assert rows == counted(coverage, source, source)
    assert sum(rows.values()) == PIXELS


def test_the_pixels_of_class_0_are_filled_from_the_later_vintage(merged):
    for period, pixels in UNDECLARED.items():
        source = merged.release.bands("provenance", period)[0]
        assert [source[row, column] for column, row in pixels] == [2] * len(pixels)
