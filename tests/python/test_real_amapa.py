"""Municipalities of Amapá, in a CRS without datum, as territories of the Lourenço grid."""

from types import SimpleNamespace

import geopandas
import numpy as np
import pytest
import rasterio
from pyproj import CRS, Transformer
from rasterio.features import rasterize

from networks import plain_legend, publish, write_network

PERIOD = "2020"
CALCOENE, OIAPOQUE = "1600204", "1600501"
CELL = 64  # pixels on a side of the cells that areas are factored by


def network(folder, shared, **municipality):
    lourenco = shared / "data/mapbiomas-lourenco"
    shapes = shared / "data/amapa-vector/ibge_municipios/AP_municipios.shp"
    return write_network(
        folder,
        plain_legend([3, 4, 6, 11, 12, 15, 24, 30, 33, 41]),
        grid={"like": str(lourenco / "c6_annual/utm_cover_AP_lorenco_2020.tif")},
        periods=[PERIOD],
        layers={"stack": {"source": str(lourenco / "later_stack/lorenco_85a22.tif")}},
        coverage={"rules": [{"take": {"stack": "any"}}]},
        territories={"municipality": {"source": str(shapes), "key": "CD_MUN", "name": "NM_MUN"} | municipality},
    )


@pytest.fixture(scope="module")
def merged(mutirao, shared, tmp_path_factory):
    """The release, its pixels, and for every municipality a mask of the pixels whose centre it holds."""
    release = publish(mutirao, network(tmp_path_factory.mktemp("amapa") / "amapa", shared, allow_ballpark=True))
    with rasterio.open(release.folder / f"coverage/{PERIOD}.tif") as raster:
        coverage, transform, crs = raster.read(1), raster.transform, CRS.from_user_input(raster.crs)
    shapes = geopandas.read_file(shared / "data/amapa-vector/ibge_municipios/AP_municipios.shp").to_crs(crs)
    masks = {
        key: rasterize([(shape, 1)], coverage.shape, transform=transform, all_touched=False).astype(bool)
        for key, shape in zip(shapes.CD_MUN.astype(str), shapes.geometry)
    }
    names = dict(zip(shapes.CD_MUN.astype(str), shapes.NM_MUN))
    return SimpleNamespace(release=release, coverage=coverage, transform=transform, crs=crs, masks=masks, names=names)


def test_every_pixel_lies_in_one_of_two_municipalities(merged):
    held = merged.release.query(
        "select territory, sum(pixels)::bigint from {areas} where territory_kind = 'municipality' group by all "
        "having sum(pixels) > 0 order by all"
    )
    assert held == [(CALCOENE, 1_659_371), (OIAPOQUE, 138_910)]
    assert 1_659_371 + 138_910 == merged.coverage.size
    assert sum(mask.astype(int) for mask in merged.masks.values()).tolist() == np.ones(merged.coverage.shape).tolist()


def test_every_municipality_has_rows_and_its_name(merged):
    rows = merged.release.query(
        "select distinct territory, territory_name from {areas} where territory_kind = 'municipality' "
        "and territory <> '' order by all"
    )
    assert dict(rows) == merged.names and len(rows) == 16
    territories = geopandas.read_parquet(merged.release.folder / "territories.parquet")
    assert dict(zip(territories.key, territories.name)) == merged.names
    assert (territories.kind == "municipality").all()
    assert CRS.from_user_input(territories.crs) == merged.crs


def test_areas_by_class_equal_rasterising_each_municipality_and_counting(merged):
    pixels = merged.release.pixels("municipality")
    expected = {}
    for key, mask in merged.masks.items():
        classes, counts = np.unique(merged.coverage[mask], return_counts=True)
        for klass, count in zip(classes.tolist(), counts.tolist()):
            speaks = int(klass != 0)
            expected[PERIOD, key, klass, speaks, speaks] = count
    assert pixels == expected


def test_the_areas_of_territories_are_geodesic_to_a_millionth(merged):
    areas = geodesic_area_of_pixels(merged, 16)
    rows = merged.release.query(
        "select territory_kind, territory, sum(area_ha) from {areas} group by all having sum(pixels) > 0 order by all"
    )
    expected = [
        ("coverage", "", areas.sum()),
        ("municipality", CALCOENE, areas[merged.masks[CALCOENE]].sum()),
        ("municipality", OIAPOQUE, areas[merged.masks[OIAPOQUE]].sum()),
    ]
    assert [row[:2] for row in rows] == [row[:2] for row in expected]
    for row, wanted in zip(rows, expected):
        assert row[2] == pytest.approx(wanted[2], rel=1e-6), row


def test_every_row_is_the_sum_of_its_pixels_by_cells(merged):
    """However few its pixels: within a cell all pixels have the area that they have at its centre."""
    areas = geodesic_area_of_pixels(merged, CELL)
    rows = merged.release.query(
        "select territory, class, pixels, area_ha from {areas} where territory_kind = 'municipality' and pixels > 0"
    )
    assert len(rows) > 10
    for territory, klass, pixels, area in rows:
        here = merged.masks[territory] & (merged.coverage == klass)
        assert pixels == np.count_nonzero(here)
        assert area == pytest.approx(areas[here].sum(), rel=1e-6), (territory, klass)


def geodesic_area_of_pixels(merged, side):
    """Hectares of every pixel: the geodesic area of its block of so many pixels' side, shared out among them."""
    geod, to_degrees = merged.crs.get_geod(), Transformer.from_crs(merged.crs, merged.crs.geodetic_crs, always_xy=True)
    height, width = merged.coverage.shape
    areas = np.empty(merged.coverage.shape)
    for row in range(0, height, side):
        for column in range(0, width, side):
            bottom, right = min(row + side, height), min(column + side, width)
            corners = [(column, row), (right, row), (right, bottom), (column, bottom)]
            lons, lats = to_degrees.transform(*zip(*(merged.transform @ corner for corner in corners)))
            square_metres, _ = geod.polygon_area_perimeter(lons, lats)
            areas[row:bottom, column:right] = abs(square_metres) / 1e4 / ((bottom - row) * (right - column))
    return areas


def test_a_ballpark_transformation_is_refused_by_name_unless_it_is_allowed(mutirao, shared, tmp_path):
    pipeline = network(tmp_path / "amapa", shared)
    answer = mutirao.json("run", pipeline, "--out", tmp_path / "out", code=1)
    (said,) = [one for one in answer["findings"] if one["severity"] == "error"]
    assert said["code"] == "ballpark-transformation" and "Ballpark" in said["message"]
    assert pipeline.read_text().splitlines()[said["where"]["line"] - 1].strip() == "municipality:"
    assert "allow_ballpark: true" in said["mend"]
    assert not list(tmp_path.glob("out/**/manifest.json"))
