"""Vectors as class layers and as territories, beside rasterio.features.rasterize and shapely."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from rasterio.features import rasterize
from rasterio.transform import from_origin
from shapely.geometry import MultiPolygon, Point, Polygon, box

from networks import Release, plain_legend, publish, write_csv, write_network

CRS = "EPSG:31976"
WEST, NORTH, RES, WIDTH, HEIGHT = 405_000, 180_000, 30, 310, 270
EAST, SOUTH = WEST + WIDTH * RES, NORTH - HEIGHT * RES
TRANSFORM = from_origin(WEST, NORTH, RES, RES)
GRID = {"crs": CRS, "origin": [WEST, NORTH], "resolution": RES, "size": [WIDTH, HEIGHT]}
CENTRES = shapely.points(*np.meshgrid(WEST + RES * (np.arange(WIDTH) + 0.5), NORTH - RES * (np.arange(HEIGHT) + 0.5)))
MOVED = shapely.STRtree(shapely.transform(CENTRES.ravel(), lambda at: at + [1e-3, -1e-6]))
ON_AN_EDGE = 0.001  # metres: two versions of PROJ agree to far less
CROPS = {"soy": 3, "maize": 7, "cotton": 40_000, "fallow": None, "7b": 9}


def blob(rng, x: float, y: float, radius: float) -> Polygon:
    """A crooked polygon around a place."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, 17))
    radii = rng.uniform(0.35, 1, 17) * radius
    return Polygon(np.column_stack([x + radii * np.cos(angles), y + radii * np.sin(angles)]))


def fields(seed: int, column: str, values) -> geopandas.GeoDataFrame:
    """Polygons that touch none of each other, some with holes and some in several parts; some reach beyond the grid."""
    rng = np.random.default_rng(seed)
    side, rows = 1_150.0, []
    for number, (x, y) in enumerate((x, y) for x in np.arange(WEST, EAST + side, side) for y in np.arange(SOUTH, NORTH, side)):
        shape = blob(rng, x, y, side * 0.49)
        if number % 3 == 0:
            shape = shape.difference(blob(rng, x, y, side * 0.2))
        if number % 5 == 0:
            shape = shapely.union_all([part for part in shapely.get_parts(shape.difference(box(x - 45, y - side, x + 50, y + side)))])
        rows.append({column: values[number % len(values)], "geometry": shape})
    return geopandas.GeoDataFrame(rows, crs=CRS)


def near_an_edge(shapes) -> np.ndarray:
    """Where the centre of a pixel lies on the edge of a polygon."""
    edges = shapely.STRtree(shapely.boundary(np.asarray(shapes)))
    near = np.zeros(HEIGHT * WIDTH, bool)
    near[edges.query(CENTRES.ravel(), predicate="dwithin", distance=ON_AN_EDGE)[0]] = True
    return near.reshape(HEIGHT, WIDTH)


def judge(name: str, found: np.ndarray, wanted: np.ndarray, near: np.ndarray) -> None:
    differ = found != wanted
    print(f"{name}: {differ.sum()} of {differ.size:,} pixels differ; {near.sum()} centres lie on an edge")
    assert not (differ & ~near).any(), (name, np.argwhere(differ & ~near)[:5].tolist())


def merge(mutirao, folder: Path, layers: dict, territories=None, *arguments) -> Release:
    """Each layer speaks for a period of its own, unless it says for which."""
    layers = {name: {"periods": [name]} | entry for name, entry in layers.items()}
    more = {"territories": territories} if territories else {}
    pipeline = write_network(
        folder, plain_legend([3, 7, 9, 21, 22, 40_000]), grid=GRID, periods=list(layers), layers=layers,
        coverage={"rules": [{"take": {name: "any"}} for name in layers]}, outputs={"tile": 128}, **more,
    )  # fmt: skip
    return publish(mutirao, pipeline, *arguments)


# --- class layers


FORMATS = {
    "geojson": ("crops.geojson", "GeoJSON", "EPSG:4326"),
    "gpkg": ("crops.gpkg", "GPKG", "EPSG:31975"),
    "shapefile": ("crops.shp", "ESRI Shapefile", "EPSG:4674"),
    "same-crs": ("here.gpkg", "GPKG", CRS),
    "geoparquet": ("crops.parquet", None, "EPSG:4326"),
}


def test_polygons_are_classes_through_a_crosswalk_of_texts(mutirao, tmp_path):
    write_csv(tmp_path / "crops.csv", ["from", "to", "note"], [(crop, klass or "", "") for crop, klass in CROPS.items()])
    layers = {}
    for name, (file, driver, crs) in FORMATS.items():
        table = fields(5, "crop", list(CROPS)).to_crs(crs)
        table.to_file(tmp_path / file, driver=driver) if driver else table.to_parquet(tmp_path / file)
        layers[name] = {"source": f"../{file}", "attribute": "crop", "crosswalk": "../crops.csv"}
    release = merge(mutirao, tmp_path / "classes", layers)
    for name, (file, _, _) in FORMATS.items():
        table = load(tmp_path / file).to_crs(CRS)
        drawn = [(shape, CROPS[crop] or 0) for shape, crop in zip(table.geometry, table.crop)]
        wanted = rasterize(drawn, (HEIGHT, WIDTH), transform=TRANSFORM, all_touched=False, dtype="int32")
        assert set(np.unique(wanted)) == {0, 3, 7, 9, 40_000}
        judge(name, release.coverage(name), wanted, near_an_edge(table.geometry))


def test_numbers_need_no_crosswalk_and_what_is_no_class_is_an_error(mutirao, tmp_path):
    table = fields(6, "code", [3, 7, 9])
    table.to_file(tmp_path / "codes.gpkg")
    layer = {"source": "../codes.gpkg", "attribute": "code"}
    found = merge(mutirao, tmp_path / "codes", {"here": layer}).coverage("here")
    drawn = rasterize(zip(table.geometry, table.code), (HEIGHT, WIDTH), transform=TRANSFORM, dtype="int32")
    judge("codes", found, drawn, near_an_edge(table.geometry))

    table.loc[4, "code"] = 8
    table.to_file(tmp_path / "codes.gpkg")
    with pytest.raises(AssertionError, match="8"):
        merge(mutirao, tmp_path / "wrong", {"here": layer})
    answer = mutirao.json("run", tmp_path / "wrong/pipeline.yaml", "--out", tmp_path / "out", code=1)
    (said,) = [one for one in answer["findings"] if one["severity"] == "error"]
    assert said["code"] == "unknown-class" and "8" in said["message"] and "codes.gpkg" in said["message"]

    fields(6, "crop", ["soy", "wheat"]).to_file(tmp_path / "texts.gpkg")
    write_csv(tmp_path / "crops.csv", ["from", "to", "note"], [("soy", 3, "")])
    layer = {"source": "../texts.gpkg", "attribute": "crop", "crosswalk": "../crops.csv"}
    with pytest.raises(AssertionError, match=r"wheat"):
        merge(mutirao, tmp_path / "texts", {"here": layer})


def test_overlapping_polygons_are_an_error_unless_the_order_decides(mutirao, tmp_path):
    shapes = [Point(WEST + 3_000 + 500 * k, NORTH - 4_000).buffer(1_500 - 100 * k) for k in range(5)]
    codes = [3, 7, 9, 3, 7]
    geopandas.GeoDataFrame({"code": codes}, geometry=shapes, crs=CRS).to_file(tmp_path / "over.gpkg")
    layer = {"source": "../over.gpkg", "attribute": "code"}
    release = merge(mutirao, tmp_path / "order", {way: layer | {"overlap": way} for way in ("first", "last")})
    for way, order in {"last": 1, "first": -1}.items():
        wanted = rasterize(list(zip(shapes, codes))[::order], (HEIGHT, WIDTH), transform=TRANSFORM, dtype="int32")
        judge(way, release.coverage(way), wanted, near_an_edge(shapes))
    with pytest.raises(AssertionError, match="overlap"):
        merge(mutirao, tmp_path / "error", {"here": layer})


# --- territories


def test_territories_count_their_pixels(mutirao, tmp_path):
    rng = np.random.default_rng(9)
    fields(7, "code", [3, 7, 9, 21]).to_file(tmp_path / "codes.gpkg")
    parts = [blob(rng, WEST + rng.uniform(0, 9_000), NORTH - rng.uniform(0, 8_000), 2_500) for _ in range(12)]
    rows = [(f"{k // 2:03}", f"Município nº {k // 2}", part) for k, part in enumerate(parts[:8])]
    rows += [("007", "With a hole", parts[8].buffer(900).difference(parts[8].buffer(300)))]
    rows += [("008", "In several parts", MultiPolygon([box(WEST + d, SOUTH + d, WEST + d + 700, SOUTH + d + 500) for d in (90, 2_000)]))]
    rows += [("outside", "Far away", box(EAST + 5_000, NORTH, EAST + 6_000, NORTH + 1_000))]
    rows += [("half", "Half inside", box(EAST - 500, SOUTH - 500, EAST + 500, SOUTH + 500))]
    table = geopandas.GeoDataFrame(rows, columns=["key", "label", "geometry"], geometry="geometry", crs=CRS)
    kinds = {"json": "EPSG:4326", "gpkg": "EPSG:31975", "shp": "EPSG:4674", "parquet": CRS}
    territories = {}
    for kind, crs in kinds.items():
        save(table.to_crs(crs), tmp_path / f"places.{kind}")
        territories[kind] = {"source": f"../places.{kind}", "key": "key", "name": "label"}
    release = merge(mutirao, tmp_path / "places", {"here": {"source": "../codes.gpkg", "attribute": "code"}}, territories)
    coverage = release.coverage("here")
    for kind in kinds:
        back = load(tmp_path / f"places.{kind}").to_crs(CRS)
        masks = {key: np.zeros(coverage.shape, bool) for key in back.key}
        for key, shape in zip(back.key, back.geometry):
            masks[key] |= rasterize([(shape, 1)], coverage.shape, transform=TRANSFORM, all_touched=False).astype(bool)
        on_edges = near_an_edge(back.geometry)
        assert not on_edges.any()
        masks[""] = ~np.logical_or.reduce(list(masks.values()))
        wanted = {}
        for key, mask in masks.items():
            for klass, count in zip(*(side.tolist() for side in np.unique(coverage[mask], return_counts=True))):
                wanted["here", key, klass, int(klass != 0), int(klass != 0)] = count
        assert release.pixels(kind) == wanted
        assert sum(mask.astype(int) for mask in masks.values()).max() > 1, "territories overlap"
        names = release.query(
            f"select distinct territory, territory_name from {{areas}} where territory_kind = '{kind}' and territory <> '' order by all"
        )
        assert names == sorted(dict(zip(back.key, back.label)).items())
        none = release.query(f"select sum(pixels)::bigint from {{areas}} where territory_kind = '{kind}' and territory = 'outside'")
        assert none == [(0,)]
    recorded = {Path(entry["path"]).name for entry in release.manifest["inputs"]}
    assert {f"places.{part}" for part in ("json", "gpkg", "parquet", "shp", "dbf", "shx", "prj")} <= recorded, "every part is an input"
    written = geopandas.read_parquet(release.folder / "territories.parquet")
    assert sorted(set(written.key)) == sorted(set(table.key)) and set(written.kind) == set(kinds)


def load(path: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(path) if path.suffix == ".parquet" else geopandas.read_file(path)


def save(table: geopandas.GeoDataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_file(path, driver="GeoJSON" if path.suffix == ".json" else None)


def rows_of(release: Release, kind: str) -> list[tuple]:
    return release.query(f"select * exclude (territory_kind) from {{areas}} where territory_kind = '{kind}' order by all")


@pytest.mark.parametrize("crs", ["EPSG:4674", "EPSG:4326", "OGC:CRS84", "EPSG:31975"])
def test_geoparquet_counts_as_geopackage_does(mutirao, tmp_path, crs):
    """The same districts in another CRS than the grid: heights, numbers as keys, a bow tie and a missing geometry among them."""
    rng = np.random.default_rng(15)
    fields(7, "code", [3, 7, 9, 21]).to_file(tmp_path / "codes.gpkg")
    shapes = [blob(rng, WEST + rng.uniform(0, 9_000), NORTH - rng.uniform(0, 8_000), 2_500) for _ in range(9)]
    shapes[3] = Polygon([(WEST, NORTH), (WEST + 3_000, NORTH - 3_000), (WEST + 3_000, NORTH), (WEST, NORTH - 3_000)])
    shapes[5] = shapely.force_3d(shapes[5], 7.0)
    shapes[8] = None
    table = geopandas.GeoDataFrame({"key": [1_600_000.0 + k for k in range(9)], "label": [f"nº {k}" for k in range(9)]}, geometry=shapes, crs=CRS)
    for kind in ("gpkg", "parquet"):
        save(table.to_crs(crs), tmp_path / f"places.{kind}")
    territories = {kind: {"source": f"../places.{kind}", "key": "key", "name": "label"} for kind in ("gpkg", "parquet")}
    release = merge(mutirao, tmp_path / "places", {"here": {"source": "../codes.gpkg", "attribute": "code"}}, territories)
    rows = rows_of(release, "parquet")
    assert rows == rows_of(release, "gpkg") and sum(row[-2] for row in rows) > 10_000
    assert {row[1] for row in rows} == {"", *(str(1_600_000 + k) for k in range(8))}
    plan = mutirao("plan", tmp_path / "places/pipeline.yaml").stdout.splitlines()
    said = [line for line in plan if line.startswith("territories ")]
    print("\n".join(said))
    for line in said:
        assert ", transformed from " in line and "1 invalid; 1 without geometry; 1 features had heights" in line
    assert len(said) == 2 and mutirao.json("verify", release.folder)["verdict"] == "pass"


def test_real_municipalities_count_alike_from_geojson_and_geoparquet(mutirao, shared, tmp_path):
    source = shared / "data/brazil-municipios-north/geojs-15-mun.json"
    geopandas.read_file(source).to_parquet(tmp_path / "para.parquet")
    grid = {"crs": "EPSG:31982", "origin": [-400_000, 10_320_000], "resolution": 1_000, "size": [1_450, 1_450]}
    pipeline = write_network(
        tmp_path / "para", plain_legend([3]), grid=grid, periods=["2020"],
        layers={"all": {"source": "../para.parquet", "attribute": "id", "crosswalk": "../all.csv", "overlap": "first"}},
        coverage={"rules": [{"take": {"all": "any"}}]},
        territories={
            "geojson": {"source": str(source), "key": "id", "name": "name"},
            "geoparquet": {"source": "../para.parquet", "key": "id", "name": "name"},
        },
    )  # fmt: skip
    write_csv(tmp_path / "all.csv", ["from", "to", "note"], [(key, 3, "") for key in geopandas.read_parquet(tmp_path / "para.parquet").id])
    release = publish(mutirao, pipeline)
    rows = rows_of(release, "geoparquet")
    assert rows == rows_of(release, "geojson") and len({row[1] for row in rows if row[1]}) == 143
    area = sum(row[-1] for row in rows if row[3] == 3)
    print(f"{len(rows)} rows, {area:,.0f} ha")
    assert area == pytest.approx(124_795_000, rel=0.01), "Pará has 1,247,950 km2"
    assert "7 invalid" in mutirao("plan", pipeline).stdout


def test_a_geoparquet_layer_needs_a_crs(mutirao, tmp_path):
    table = fields(6, "code", [3, 7, 9])
    save(table.to_crs("EPSG:4674").set_crs(None, allow_override=True), tmp_path / "codes.parquet")
    layer = {"source": "../codes.parquet", "attribute": "code"}
    with pytest.raises(AssertionError, match="crs-missing"):
        merge(mutirao, tmp_path / "unknown", {"here": layer})
    save(table, tmp_path / "codes.gpkg")
    layers = {"here": layer | {"crs": "EPSG:4674"}, "beside": {"source": "../codes.gpkg", "attribute": "code"}}
    release = merge(mutirao, tmp_path / "given", layers)
    judge("geoparquet", release.coverage("here"), release.coverage("beside"), near_an_edge(table.geometry))


# --- edges through centres


def lattice_polygons(count: int) -> list[Polygon]:
    """Polygons whose corners are centres of pixels, so that many centres lie on their edges; side by side."""
    rng = np.random.default_rng(11)
    made = []
    while len(made) < count:
        x0, y0 = WEST + RES * (0.5 + 30 * (len(made) % 10)), NORTH - RES * (1.5 + 30 * (len(made) // 10))
        corners = rng.integers(0, 29, (6, 2)) * RES
        shape = shapely.convex_hull(shapely.MultiPoint(np.column_stack([x0 + corners[:, 0], y0 - corners[:, 1]])))
        if shape.geom_type == "Polygon":
            made.append(shape)
    return made


def held(shape) -> np.ndarray:
    """Pixels of a polygon by the rule: on an edge the one on its east, then south; as if every centre were moved so by a little."""
    near, mask = MOVED.query(shape), np.zeros(CENTRES.size, bool)
    mask[near] = shapely.contains(shape, MOVED.geometries[near])
    return mask.reshape(HEIGHT, WIDTH)


def test_a_centre_on_an_edge_belongs_to_the_east_then_to_the_south(mutirao, tmp_path):
    rectangle = box(WEST + 285 * RES + 15, SOUTH + 10 * RES + 15, WEST + 300 * RES + 15, SOUTH + 20 * RES + 15)
    shapes = lattice_polygons(80) + [rectangle]
    codes = [[3, 7, 9, 21][k % 4] for k in range(len(shapes))]
    geopandas.GeoDataFrame({"code": codes}, geometry=shapes, crs=CRS).to_file(tmp_path / "lattice.gpkg")
    places = geopandas.GeoDataFrame({"key": [f"{k:02}" for k in range(len(shapes))]}, geometry=shapes, crs=CRS)
    places.to_file(tmp_path / "places.gpkg")
    release = merge(
        mutirao, tmp_path / "edges", {"here": {"source": "../lattice.gpkg", "attribute": "code"}},
        {"place": {"source": "../places.gpkg", "key": "key"}},
    )  # fmt: skip
    wanted, counts = np.zeros((HEIGHT, WIDTH), int), {}
    for key, code, shape in zip(places.key, codes, shapes):
        mask = held(shape)
        wanted[mask], counts[key] = code, int(mask.sum())
    found = release.coverage("here")
    print(f"{near_an_edge(shapes).sum()} centres lie on an edge")
    assert near_an_edge(shapes).sum() > 500
    assert np.array_equal(found, wanted), np.argwhere(found != wanted)[:5].tolist()
    # The rectangle's west and north edges are its own, its east and south edges are not.
    rows, cols = np.nonzero(held(rectangle))
    assert (cols.min(), cols.max()) == (285, 299) and (rows.min(), rows.max()) == (HEIGHT - 21, HEIGHT - 12)
    totals = release.query("select territory, sum(pixels)::bigint from {areas} where territory_kind = 'place' and territory <> '' group by all")
    assert dict(totals) == counts


def test_neighbours_share_out_every_pixel(mutirao, tmp_path):
    """A coverage of triangles over the whole grid, many corners on centres: every pixel in one, none in two."""
    rng = np.random.default_rng(12)
    at = np.column_stack([rng.integers(1, WIDTH, 150), rng.integers(1, HEIGHT, 150)]) * RES + [WEST + 15, SOUTH + 15]
    frame = [[WEST - 99, SOUTH - 99], [EAST + 99, SOUTH - 99], [EAST + 99, NORTH + 99], [WEST - 99, NORTH + 99]]
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(np.vstack([at, frame]))))
    table = geopandas.GeoDataFrame({"key": np.arange(len(triangles)), "code": 3}, geometry=triangles, crs=CRS)
    for name, crs in {"here": CRS, "degrees": "EPSG:4326"}.items():
        table.to_crs(crs).to_file(tmp_path / f"{name}.gpkg")
    release = merge(
        mutirao, tmp_path / "shared", {"here": {"source": "../here.gpkg", "attribute": "code"}},
        {kind: {"source": f"../{kind}.gpkg", "key": "key"} for kind in ("here", "degrees")},
    )  # fmt: skip
    assert (release.coverage("here") == 3).all()
    for kind in ("here", "degrees"):
        counted = release.pixels(kind)
        assert sum(counted.values()) == WIDTH * HEIGHT and ("here", "", 0, 0, 0) not in counted
