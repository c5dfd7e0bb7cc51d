"""NLCD around Zion: its fourteen classes fold into eight, and the linter says which."""

import pytest

from networks import write_csv, write_network

# https://www.mrlc.gov: eight classes of the first level, by the tens of the codes but for three of them.
NAMES = {
    1: "Water",
    2: "Developed",
    3: "Barren",
    4: "Forest",
    5: "Shrubland",
    6: "Herbaceous",
    7: "Cultivated",
    8: "Wetlands",
}
LINES = {11: 1, 21: 2, 22: 2, 23: 2, 31: 3, 41: 4, 42: 4, 43: 4, 52: 5, 71: 6, 81: 7, 82: 7, 90: 8, 95: 8}


@pytest.fixture
def found(mutirao, shared, tmp_path):
    """Lints the reclassification with a crosswalk of these lines."""
    data = shared / "data/nlcd-zion"

    def lint(header, lines):
        folder = tmp_path / "zion"
        pipeline = write_network(
            folder,
            [(klass, "", name, f"#{klass * 20:02x}8040") for klass, name in NAMES.items()],
            grid={"like": str(data / "nlcd2011.tif")},
            periods=["2011"],
            layers={"nlcd": {"source": str(data / "nlcd2011.tif"), "crosswalk": "nlcd.csv"}},
            coverage={"method": "first"},
        )
        write_csv(folder / "nlcd.csv", header, lines)
        return mutirao.json("lint", pipeline)["findings"]

    return lint


def test_the_folds_of_fourteen_classes_into_eight_are_told(found):
    [one] = found(["from", "to"], LINES.items())
    assert (one["code"], one["severity"], one["layer"], one["class"]) == ("crosswalk-fold", "info", "nlcd", [2, 4, 7, 8])
    assert (one["where"]["line"], one["where"]["column"]) == (3, 1)
    assert one["message"].endswith(
        "21, 22, 23 become 2 (Developed); 41, 42, 43 become 4 (Forest); 81, 82 become 7 (Cultivated); 90, 95 become 8 (Wetlands)"
    )


def test_no_family_of_the_first_level_is_torn_apart(found):
    families = [(code, klass, code // 10) for code, klass in LINES.items()]
    assert [one["code"] for one in found(["from", "to", "parent"], families)] == ["crosswalk-fold"]
    shrubs = [(code, 5 if code == 43 else klass, parent) for code, klass, parent in families]
    codes = {one["code"]: one for one in found(["from", "to", "parent"], shrubs)}
    assert codes["crosswalk-changes-top"]["severity"] == "warning"
    assert "of 4, 41, 42 under 4 (Forest), 43 under 5 (Shrubland)" in codes["crosswalk-changes-top"]["message"]
