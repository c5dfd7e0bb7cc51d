"""Global Mangrove Watch, Florida: a year and the change since an earlier one give the later year, pixel for pixel."""

import numpy as np
import pytest
import rasterio
from pyproj import Proj

from networks import publish, write_network


def test_the_mangroves_of_1996_and_the_change_give_those_of_2020(mutirao, shared, tmp_path):
    data = shared / "data/gmw-florida"
    files = {"change": "chng_f1996_t2020", "y1996": "1996", "y2020": "2020"}
    paths = {name: data / f"GMW_N26W082_{part}_v3.tif" for name, part in files.items()}
    pipeline = write_network(
        tmp_path / "mangroves",
        [(1, "", "Mangrove", "#04381d")],
        grid={"like": str(paths["y1996"])},
        periods=["2020"],
        layers={
            "change": {"source": str(paths["change"]), "classes": [1, 2]},
            "y1996": {"source": str(paths["y1996"])},
        },
        coverage={
            "rules": [
                {"take": {"change": 1}, "give": 1},
                {"take": {"change": 2}, "give": "none"},
                {"take": {"y1996": 1}},
            ]
        },
    )
    release = publish(mutirao, pipeline)
    with rasterio.open(paths["y2020"]) as raster:
        wanted, georeferencing = raster.read(1), (raster.crs, raster.transform)
    with rasterio.open(release.folder / "coverage/2020.tif") as raster:
        assert np.array_equal(raster.read(1), wanted)
        assert (raster.crs, raster.transform) == georeferencing

    # By (period, territory, class, source, rule).
    rows = release.pixels()
    gaps = rows.pop(("2020", "", 0, 0, 0))
    assert rows == {
        ("2020", "", 1, 1, 1): 24_010,
        ("2020", "", 0, 1, 2): 83_863,
        ("2020", "", 1, 2, 3): 1_716_617,
    }
    assert gaps == wanted.size - 24_010 - 83_863 - 1_716_617
    assert 24_010 + 1_716_617 == np.count_nonzero(wanted) == 1_740_627

    # Rows of pixels are bands of the ellipsoid, whose area an equal-area projection tells exactly.
    by_row = area_of_a_pixel_by_row(georeferencing[1], *wanted.shape)
    ((mangrove,),) = release.query("select sum(area_ha) from {areas} where class = 1")
    assert mangrove == pytest.approx((by_row * (wanted == 1).sum(axis=1)).sum(), rel=1e-9)

    with rasterio.open(paths["change"]) as raster:
        change = raster.read(1)
    source, rule, part = release.bands("provenance", "2020")
    gone = change == 2
    assert (source[gone] == 1).all() and (rule[gone] == 2).all() and not part.any()
    speak, agree, agree_top = release.bands("agreement", "2020")
    with rasterio.open(paths["y1996"]) as raster:
        before = raster.read(1)
    assert np.array_equal(speak, (change > 0).astype(int) + (before > 0))
    # What is gone was said by the change alone; the year before says mangrove, which is not what won.
    expected = np.where(gone, 1, (change == 1).astype(int) + (before == 1))
    assert np.array_equal(agree, expected) and np.array_equal(agree_top, expected)


def area_of_a_pixel_by_row(transform, rows, columns):
    """Hectares, by the cylindrical equal-area projection of WGS 84."""
    corners = [transform @ (0, row) for row in range(rows + 1)]
    east, _ = transform @ (columns, 0)
    project = Proj("+proj=cea +ellps=WGS84")
    width = (project(east, 0)[0] - project(corners[0][0], 0)[0]) / columns
    north = np.array([project(*corner)[1] for corner in corners])
    return width * -np.diff(north) / 1e4
