"""Pictures of findings about vector layers: rings and outlines stand where the places are."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
from PIL import Image
from shapely.geometry import Point, Polygon, box

MARK, CONCERNED = (255, 0, 200), (0, 82, 184)
# Pixels of the page: the maps' corners, and their sides at most.
LEFT, RIGHT, TOP, SIDE = 28, 564, 106, 512
# Around a ring of the overview and of the detail.
RADII = (8, 13)


def contract(folder: Path, rules: list[dict], kind: str = "vector", name: str = "fields") -> Path:
    """A contract of a vector or table, with nothing but rules."""
    quality = [{"type": "custom", "engine": "mutirao", "implementation": rule} for rule in rules]
    schema = [{"name": name, "physicalType": kind, "properties": [{"name": "name"}], "quality": quality}]
    head = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "layer", "version": "1.0.0", "status": "active"}
    path = folder / "contract.odcs.yaml"
    path.write_text(json.dumps(head | {"schema": schema}), encoding="utf-8")
    return path


GEOMETRIES = [
    {"check": "validity", "max_features": 0},
    {"check": "duplicates", "of": "geometry"},
    {"check": "tiny-geometry", "min_m2": 100},
]


def drawn(mutirao, path, agreed, folder, code=1):
    """What the command says, and its pictures by the code of their finding."""
    said = mutirao.json("check", path, "--contract", agreed, "--preview", folder, code=code)
    pictures = {}
    for preview in said["previews"]:
        finding = said["findings"][preview["finding"]]
        assert Path(preview["path"]).name == f"{preview['finding'] + 1:02}-{finding['code']}.png"
        pictures[finding["code"]] = (finding, np.array(Image.open(preview["path"]).convert("RGB")))
    assert sorted(Path(preview["path"]) for preview in said["previews"]) == sorted(folder.iterdir())
    return said, pictures


def overview(bounds):
    """What the left map shows of a layer with these bounds: west, south, east, north, and its columns and rows."""
    west, south, east, north = bounds
    longer = max(east - west, north - south)
    x, y = (max(side / 2, longer / 16) + longer * 0.02 for side in (east - west, north - south))
    middle = (west + east) / 2, (south + north) / 2
    size = [round(SIDE * side / max(x, y)) for side in (x, y)]
    return (middle[0] - x, middle[1] - y, middle[0] + x, middle[1] + y), size


def square(middle, side):
    x, y = middle
    return (x - side / 2, y - side / 2, x + side / 2, y + side / 2), [SIDE, SIDE]


def pixel(place, view, left):
    """Where a place is in the picture, by the map's affine transformation."""
    (west, south, east, north), (width, height) = view
    return left + (place[0] - west) / (east - west) * width, TOP + (north - place[1]) / (north - south) * height


def is_ringed(picture, centre, radius):
    """Whether the colour of marks goes around a place."""
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    x, y = centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)
    on = [(picture[int(b) - 1 : int(b) + 2, int(a) - 1 : int(a) + 2] == MARK).all(axis=2).any() for a, b in zip(x, y)]
    return sum(on) >= 44


def is_blue(picture, place):
    x, y = place
    return tuple(picture[int(y), int(x)]) == CONCERNED


@pytest.fixture(scope="module")
def fields():
    """Six hundred fields of 90 m; one is tiny, one a bow-tie (whose halves cancel out: it is tiny too), one a copy."""
    shapes = [box(500_000 + i % 30 * 100, i // 30 * 100, 500_090 + i % 30 * 100, i // 30 * 100 + 90) for i in range(600)]
    x, y = 501_234, 777
    shapes[212] = Polygon([(x, y), (x + 40, y + 40), (x + 40, y), (x, y + 40)])
    shapes[333] = shapes[44]
    shapes[100] = box(502_000, 1_000, 502_003, 1_002)
    return geopandas.GeoDataFrame({"name": [f"f{i}" for i in range(600)]}, geometry=shapes, crs="EPSG:31976")


@pytest.mark.parametrize("kind", ["gpkg", "parquet", "shp", "geojson"])
def test_marks_stand_where_the_places_are(kind, fields, mutirao, tmp_path):
    path = tmp_path / f"fields.{kind}"
    if kind == "parquet":
        fields.to_parquet(path)
    elif kind == "geojson":
        fields.to_file(path, driver="GeoJSON", RFC7946="NO", COORDINATE_PRECISION=12)
    else:
        fields.to_file(path)
    if kind == "gpkg":
        # Elsewhere, and without a fault: which layer was judged shows in the picture.
        other = geopandas.GeoDataFrame({"name": ["o"]}, geometry=[box(0, 0, 1e6, 1e6)], crs="EPSG:31976")
        other.to_file(path, layer="other")
    said, pictures = drawn(mutirao, path, contract(tmp_path, GEOMETRIES), tmp_path / "pictures")
    assert set(pictures) == {"validity", "duplicates", "tiny-geometry"}
    (layer,) = said["facts"]["layers"]
    assert layer["bounds"] == list(fields.total_bounds)
    for finding, picture in pictures.values():
        for place in finding["first"]:
            assert is_ringed(picture, pixel(place["xy"], overview(layer["bounds"]), LEFT), RADII[0])

    def detail(code, view, shape):
        finding, picture = pictures[code]
        assert is_ringed(picture, pixel(finding["first"][0]["xy"], view, RIGHT), RADII[1])
        ringed = pixel(finding["first"][0]["xy"], view, RIGHT)
        corners = [pixel(corner, view, RIGHT) for corner in shape.exterior.coords]
        far = [corner for corner in corners if max(abs(corner[0] - ringed[0]), abs(corner[1] - ringed[1])) > 20]
        assert len(far) >= 3 and all(is_blue(picture, corner) for corner in far)
        middles = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in zip(corners[:-1], corners[1:])]
        sides = [middle for middle in middles if max(abs(middle[0] - ringed[0]), abs(middle[1] - ringed[1])) > 20]
        assert len(sides) >= 2 and all(is_blue(picture, middle) for middle in sides)

    detail("validity", square((501_254, 797), 2.4 * 20), fields.geometry[212])
    detail("duplicates", square((501_445, 145), 2.5 * 90), fields.geometry[333])
    detail("tiny-geometry", square((502_001.5, 1_001), 2.5 * 3), fields.geometry[100])


def test_points_are_drawn_too(mutirao, tmp_path):
    points = [Point(-50 + i % 30 * 0.1, 1 + i // 30 * 0.07) for i in range(600)]
    points[321] = points[123]
    frame = geopandas.GeoDataFrame({"name": [f"p{i}" for i in range(600)]}, geometry=points, crs="EPSG:4326")
    frame.to_file(tmp_path / "points.shp")
    rules = [{"check": "duplicates", "of": "geometry"}]
    said, pictures = drawn(mutirao, tmp_path / "points.shp", contract(tmp_path, rules), tmp_path / "pictures")
    finding, picture = pictures["duplicates"]
    place = finding["first"][0]
    assert place["feature"] == "322" and place["xy"] == list(points[123].coords[0])
    assert is_ringed(picture, pixel(place["xy"], overview(said["facts"]["layers"][0]["bounds"]), LEFT), RADII[0])
    view = square(place["xy"], 2.9 * 0.1)
    assert is_ringed(picture, pixel(place["xy"], view, RIGHT), RADII[1])
    assert is_blue(picture, pixel(place["xy"], view, RIGHT))
    (x, y) = pixel(points[124].coords[0], view, RIGHT)
    assert tuple(picture[int(y), int(x)]) == (140, 146, 152)


@pytest.mark.parametrize("shapes", [
    [Point(7, 8), Point(7, 8)],
    [Point(1e300, -1e300), Point(1e300, -1e300), Point(0, 0)],
    [None, Point(), Point(1, 2), Point(1, 2)],
    [Polygon([(0, 0), (0, 0), (0, 0)]), Polygon([(0, 0), (0, 0), (0, 0)])],
    [Polygon([(0, 0), (1e-13, 1), (1e308, 1)]), Polygon([(0, 0), (1e-13, 1), (1e308, 1)])],
    [Polygon([(0, 0, 5), (4, 4, 5), (4, 0, 5), (0, 4, 5)]), Polygon([(0, 0, 5), (4, 4, 5), (4, 0, 5), (0, 4, 5)])],
])
def test_odd_layers_are_drawn(shapes, mutirao, tmp_path):
    frame = geopandas.GeoDataFrame({"name": [str(i) for i in range(len(shapes))]}, geometry=shapes)
    frame.to_parquet(tmp_path / "odd.parquet")
    rules = [{"check": "duplicates", "of": "geometry"}, {"check": "validity", "max_features": 0}]
    said, pictures = drawn(mutirao, tmp_path / "odd.parquet", contract(tmp_path, rules), tmp_path / "pictures")
    finding, picture = pictures["duplicates"]
    assert (picture[:, LEFT - 20 : LEFT + SIDE + 12] == MARK).all(axis=2).any()
    assert (picture[:, RIGHT - 12 :] == MARK).all(axis=2).any()


def test_tables_have_no_pictures(mutirao, tmp_path):
    (tmp_path / "table.csv").write_text("name,area\na,1\na,2\n", encoding="utf-8")
    agreed = contract(tmp_path, [{"check": "key", "attribute": "name", "unique": True}], "table", "table")
    said, pictures = drawn(mutirao, tmp_path / "table.csv", agreed, tmp_path / "pictures")
    assert "key" in {finding["code"] for finding in said["findings"]} and not pictures and said["previews"] == []


@pytest.mark.parametrize("name", [
    "india-districts-2019/india-districts-2019-734.json",
    "parcels-partners/at/inspire_schlaege_2025-1_polygon.gpkg.zip",
    "parcels-partners/bg/bg_arable_land_2024.zip",
    "parcels-partners/nl/brpgewaspercelen_definitief_2023.gpkg",
    "parcels-partners/jp/jp_field_polygons_2024.parquet",
    "parcels-partners/us_ca_scm/i15_crop_mapping_2023_provisional_20241127.gdb.zip",
])
def test_places_of_real_layers_are_ringed(name, mutirao, shared, tmp_path):
    path = shared / "data" / name
    if not path.exists():
        pytest.skip("../shared is not here")
    rules = [*GEOMETRIES[:2], {"check": "tiny-geometry", "min_m2": 1e12}, {"check": "geometry-type", "allowed": ["point"]}]
    said, pictures = drawn(mutirao, path, contract(tmp_path, rules), tmp_path / "pictures")
    (layer,) = said["facts"]["layers"]
    assert "geometry-type" in pictures
    for finding, picture in pictures.values():
        centres = [pixel(place["xy"], overview(layer["bounds"]), LEFT) for place in finding["first"] if "xy" in place]
        # Rings next to each other lie over one another.
        alone = [a for a in centres if all(a is b or np.hypot(a[0] - b[0], a[1] - b[1]) > 22 for b in centres)]
        assert all(is_ringed(picture, centre, RADII[0]) for centre in alone)
        assert (picture[TOP : TOP + SIDE, RIGHT:] == MARK).all(axis=2).any()
