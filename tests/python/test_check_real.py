"""`mutirao check` on real layers, whose facts stand in the README beside them; and on files that are odd or hostile."""

from __future__ import annotations

import subprocess

import pytest
from check_support import check, contract, found, notes_only, rule

RESOLUTION = {"lourenco": 29.877064, "zion": [31.530298, 31.524659]}


def grid_of(path):
    """The grid of a file as a term, by another reader."""
    import rasterio

    with rasterio.open(path) as file:
        return [file.transform.a, -file.transform.e], [file.transform.c, file.transform.f], file.shape


# The undeclared class 0 of Lourenço: (row, column) by year.
ZEROS = {
    2002: [(1199, 470), (1199, 471)], 2003: [(1245, 699)], 2004: [(1245, 699)], 2005: [(1245, 699)], 2011: [(1276, 851)],
    2015: [(1314, 1040)], 2018: [(1307, 1006), (1322, 1080)], 2019: [(1322, 1080)], 2020: [(1322, 1080)],
}


class TestLourenco:
    @pytest.fixture
    def data(self, shared):
        return shared / "data/mapbiomas-lourenco"

    def terms(self, data, years, nodata=65535):
        resolution, _, _ = grid_of(data / "later_stack/lorenco_85a22.tif")
        return {
            "grid": {"crs": "EPSG:31976", "resolution": resolution}, "nodata": {"value": nodata, "declared": True},
            "classes": {"allowed": [3, 4, 6, 11, 12, 15, 24, 30, 33, 41]}, "periods": [years],
        }

    def annual(self, data, without=()):
        files = sorted((data / "c6_annual").glob("*.tif"))
        assert len(files) == 36
        return [file for file in files if not file.stem.endswith(tuple(map(str, without)) or ("none",))]

    def test_the_undeclared_class_is_found_in_its_eleven_pixels(self, mutirao, data, tmp_path):
        agreed = contract(tmp_path, self.terms(data, "1985..2020"), (), "uint16")
        said = check(mutirao, self.annual(data), agreed, code=1)
        (finding,) = [finding for finding in said["findings"] if finding["severity"] != "info"]
        assert (finding["code"], finding["count"], finding["measured"]) == ("classes", 11, "0")
        places = [(int(place["period"]), tuple(reversed(place["pixel"]))) for place in finding["first"]]
        wanted = [(year, place) for year, places in ZEROS.items() for place in places]
        assert places == wanted[:10]
        assert rule(said, "periods")["outcome"] == "kept" and len(said["facts"]["periods"]) == 36
        for period in said["facts"]["periods"]:
            assert period["pixels"] == 1341 * 1341 - 2891
            assert period["classes"].get("0", 0) == len(ZEROS.get(int(period["period"]), []))

    def test_a_missing_year_is_told(self, mutirao, data, tmp_path):
        agreed = contract(tmp_path, self.terms(data, "1985..2020"), (), "uint16")
        said = check(mutirao, self.annual(data, without=[1999]), agreed, code=1)
        (finding,) = found(said, "periods")
        assert finding["message"] == "no file and no band speaks for 1999"

    def test_the_stack_speaks_by_its_bands_and_declares_another_nodata(self, mutirao, data, tmp_path):
        agreed = contract(tmp_path, self.terms(data, "1985..2022"), (), "uint8", "mapbiomas_cover_{period}")
        said = check(mutirao, [data / "later_stack/lorenco_85a22.tif"], agreed, code=1)
        assert len(said["facts"]["periods"]) == 38 and rule(said, "periods")["outcome"] == "kept"
        (finding,) = found(said, "nodata")
        assert (finding["expected"], finding["measured"]) == ("65535, declared in the file", "27")
        assert {period["pixels"] for period in said["facts"]["periods"]} == {1341 * 1341 - 2891}
        agreed = contract(tmp_path, self.terms(data, "1985..2022", 27), (), "uint8", "mapbiomas_cover_{period}")
        assert notes_only(check(mutirao, [data / "later_stack/lorenco_85a22.tif"], agreed, code=0))

    def test_two_vintages_of_a_year_are_compared(self, mutirao, data, tmp_path):
        terms = self.terms(data, "2020") | {"nodata": {"value": 65535}}
        agreed = contract(tmp_path, terms, [{"check": "change", "max_share": 0.001}], None, "mapbiomas_cover_{period}")
        previous = data / "later_stack/lorenco_85a22.tif"
        said = check(mutirao, [data / "c6_annual/utm_cover_AP_lorenco_2020.tif"], agreed, "--previous", previous)
        (finding,) = found(said, "change")
        assert finding["count"] == 1_795_390 - 1_773_518


class TestKansas:
    @pytest.fixture
    def tiles(self, shared):
        return lambda name: sorted((shared / "data/usda-cdl-kansas/tiles").glob(f"{name}_*.tif"))

    GRID = {"crs": "EPSG:5070", "resolution": 30}

    def test_four_tiles_are_one_delivery(self, mutirao, shared, tiles, tmp_path):
        files = tiles("2021_30m_cdls")
        assert len(files) == 4
        resolution, (west, north), (height, width) = grid_of(shared / "data/usda-cdl-kansas/unsplit/2021_30m_cdls.tif")
        box = [west, north - height * 30, west + width * 30, north]
        terms = {"grid": self.GRID, "classes": {"allowed": ["1..254"]}, "periods": [2021]}
        agreed = contract(tmp_path, terms, [{"check": "extent", "bounds": box}], "uint8")
        said = check(mutirao, files, agreed, code=0)
        assert notes_only(said) and len(said["facts"]["periods"]) == 1
        whole = check(mutirao, [shared / "data/usda-cdl-kansas/unsplit/2021_30m_cdls.tif"], agreed, code=0)
        assert said["facts"]["periods"] == whole["facts"]["periods"]
        said = check(mutirao, files[:3], agreed, code=1)
        (finding,) = found(said, "extent")
        assert "missing" in finding["message"] or "short" in finding["message"]

    def test_nothing_that_is_not_declared(self, mutirao, tiles, tmp_path):
        files = tiles("crop_frequency_corn_2008-2021")
        terms = {"grid": self.GRID, "classes": {"allowed": ["1..14"]}}
        agreed = contract(tmp_path, terms | {"nodata": {"value": 255, "declared": True}}, (), "uint8")
        said = check(mutirao, files, agreed, code=1)
        (finding,) = found(said, "nodata")
        assert finding["count"] == 4 and "gdal_edit" in finding["mend"]
        agreed = contract(tmp_path, terms | {"nodata": {"value": 255}}, (), "uint8")
        assert notes_only(check(mutirao, files, agreed, code=0))
        agreed = contract(tmp_path, terms, (), "uint8")
        said = check(mutirao, files, agreed, code=1)
        (finding,) = found(said, "classes")
        assert finding["measured"] == "255"


class TestZion:
    LINES = "11>1 21>2 22>2 23>2 31>3 41>4 42>4 43>4 52>5 71>6 81>7 82>7 90>8 95>8 1>1 2>2 3>3 4>4 5>5 6>6 7>7 8>8"

    @pytest.fixture
    def data(self, shared):
        return shared / "data/nlcd-zion"

    def network(self, folder, terms, rules=()):
        lines = [line.split(">") for line in self.LINES.split()]
        names = "\n".join(f"{number},,Class {number},#{number:02x}{number:02x}{number:02x}" for number in range(1, 9))
        (folder / "legend.csv").write_text(f"id,parent,name,color\n{names}\n", encoding="utf-8")
        (folder / "crosswalk.csv").write_text("from,to\n" + "".join(f"{a},{b}\n" for a, b in lines), encoding="utf-8")
        classes = {"allowed": ["1..8"], "crosswalk": "crosswalk.csv"}
        return contract(folder, terms | {"classes": classes, "nodata": {"value": 255}}, rules, "uint8")

    def test_a_crs_without_a_code_is_told_with_what_to_do(self, mutirao, data, tmp_path):
        resolution, _, _ = grid_of(data / "nlcd.tif")
        assert resolution == pytest.approx(RESOLUTION["zion"], abs=1e-6)
        agreed = self.network(tmp_path, {"grid": {"crs": "EPSG:26912", "resolution": resolution}})
        said = check(mutirao, [data / "nlcd2011.tif"], agreed, code=1)
        (finding,) = [finding for finding in said["findings"] if finding["severity"] != "info"]
        assert finding["code"] == "crs" and "without a code" in finding["message"]
        assert "gdal_edit.py -a_srs EPSG:26912" in finding["mend"] and "gdalwarp" in finding["mend"]
        assert notes_only(check(mutirao, [data / "nlcd.tif"], agreed, code=0))

    def test_the_crosswalk_makes_the_two_equal(self, mutirao, data, tmp_path):
        import rasterio

        agreed = self.network(tmp_path, {}, [{"check": "change", "max_share": 0}])
        # One names no datum, the other does: whether they are in one CRS is not for a check to guess.
        said = check(mutirao, [data / "nlcd2011.tif"], agreed, "--previous", data / "nlcd.tif", code=0)
        assert (rule(said, "change")["outcome"], rule(said, "change")["because"]) == (
            "unjudged", "the delivery before it lies on another grid",
        )  # fmt: skip
        previous = tmp_path / "nlcd.tif"
        previous.write_bytes((data / "nlcd.tif").read_bytes())
        with rasterio.open(data / "nlcd2011.tif") as own, rasterio.open(previous, "r+") as out:
            out.crs = own.crs
        said = check(mutirao, [data / "nlcd2011.tif"], agreed, "--previous", previous, code=0)
        assert notes_only(said)
        assert (rule(said, "change")["outcome"], rule(said, "change")["measured"]) == ("kept", 0)
        assert said["facts"]["periods"][0]["pixels"] == 1_458_207 == 1073 * 1359


def test_a_twenty_eighth_of_a_metre_is_within_the_default_tolerance(mutirao, shared, tmp_path):
    data = shared / "data/landfire-storm-lake"
    _, origin, _ = grid_of(data / "storml_evt.tif")
    grid = {"crs": "EPSG:26912", "resolution": 30, "origin": origin}
    said = check(mutirao, [data / "storml_tcc.tif"], contract(tmp_path, {"grid": grid}, (), "uint8"), code=0)
    assert notes_only(said)
    assert rule(said, "grid")["measured"] == pytest.approx(0.0009, abs=0.00005)
    strict = contract(tmp_path, {"grid": grid | {"tolerance": 0.0005}}, (), "uint8")
    (finding,) = found(check(mutirao, [data / "storml_tcc.tif"], strict, code=1), "grid")
    assert "shifted by 0.0009 pixels" in finding["message"]


# File, what is wrong with it among others, and the verdict.
ODDITIES = [
    ("south-up.tif", {"grid", "dtype"}), ("geomatrix.tif", {"grid"}), ("int64.tif", {"dtype"}), ("complex.tif", {"dtype"}),
    ("all_nodata.tif", {"dtype"}), ("dataset_mask.tif", {"dtype"}), ("slope_classes.tif", {"dtype"}), ("slope_nodata.tif", {"dtype"}),
]


@pytest.mark.parametrize("name, codes", ODDITIES)
def test_odd_files_get_a_clear_verdict(mutirao, shared, tmp_path, name, codes):
    import rasterio

    path = shared / "data/oddities" / name
    with rasterio.open(path) as file:
        crs = f"EPSG:{file.crs.to_epsg()}" if file.crs and file.crs.to_epsg() else "EPSG:31976"
        resolution = [abs(file.transform.a), abs(file.transform.e)]
    terms = {"grid": {"crs": crs, "resolution": resolution}, "classes": {"allowed": ["0..255"]}, "nodata": {"value": 0}}
    said = check(mutirao, [path], contract(tmp_path, terms, (), "uint8"), code=1)
    assert said["verdict"] in ("fail", "refused")
    told = {finding["code"] for finding in said["findings"] if finding["severity"] == "error"}
    assert codes <= told, said["findings"]
    assert all(finding.get("mend") for finding in said["findings"])


def test_hostile_files_never_end_in_a_panic(mutirao, shared, tmp_path):
    folders = [shared / "corpus/tiff-image-rs-fuzz", shared / "corpus/libtiff-test", shared / "data/broken-tiff"]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
    assert files
    agreed = contract(tmp_path, {"grid": {"crs": "EPSG:31976", "resolution": 30}, "nodata": {"value": 0}}, (), "uint8")
    for path in files:
        command = [str(mutirao.program), "check", str(path), "--contract", str(agreed), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1, (path, done.returncode, done.stdout, done.stderr)
        assert '"verdict": "fail"' in done.stdout or '"verdict": "refused"' in done.stdout, path
        assert "panicked" not in done.stderr, (path, done.stderr)
