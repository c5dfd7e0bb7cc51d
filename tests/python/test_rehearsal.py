"""`mutirao check --network`: what a rehearsal says would change, held against two whole releases."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import rasterio
import rasterio.features
import shapely

from networks import Release, plain_legend, publish, write_network


@pytest.fixture
def desk(tmp_path, root) -> Path:
    """The demo with its inputs, as a checkout has them, and a folder for what is delivered."""
    for folder in ("pipelines/demo", "fixtures/demo"):
        shutil.copytree(root / folder, tmp_path / folder)
    (tmp_path / "new").mkdir()
    return tmp_path


def deliver(desk: Path, name: str, paint) -> Path:
    """A new delivery: a file of the demo, of which `paint` changes the bands."""
    with rasterio.open(desk / "fixtures/demo" / name) as raster:
        bands, profile, words = raster.read(), raster.profile, raster.descriptions
    paint(bands)
    with rasterio.open(desk / "new" / name, "w", **profile) as out:
        out.write(bands)
        for band, word in enumerate(words, 1):
            out.set_band_description(band, word or "")
    return desk / "new" / name


def state(folder: Path) -> dict:
    files = (path for path in folder.rglob("*") if path.is_file() and "out" not in path.relative_to(folder).parts)
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rehearse(mutirao, desk: Path, contract: str, *files, code=None) -> dict:
    """What the command says, with nothing left behind, by one thread and by three."""
    before = state(desk)
    path = desk / "pipelines/demo/contracts" / f"{contract}.odcs.yaml"
    arguments = ("check", *files, "--contract", path, "--network", desk / "pipelines/demo")
    said = [mutirao.json(*arguments, "--threads", threads, code=code, cwd=desk / "new") for threads in (1, 3)]
    assert said[0] == said[1]
    assert state(desk) == before and not (desk / "pipelines/demo/out").exists() and not (desk / "new/out").exists()
    return said[0]["facts"]["rehearsal"]


def whole(mutirao, desk: Path, *arguments) -> Release:
    return publish(mutirao, desk / "pipelines/demo/pipeline.yaml", "--overwrite", *arguments, out=desk / "out")


def changes(before, after) -> dict:
    """Pixels by what was and what would be, of those that change; 0 is nothing."""
    pairs, counts = np.unique(np.stack([before, after]).reshape(2, -1)[:, (before != after).ravel()], axis=1, return_counts=True)
    return {(int(a), int(b)): int(n) for (a, b), n in zip(pairs.T, counts)}


def by_municipality(release: Release, changed) -> dict:
    """Pixels that change by municipality, by the masks of another rasteriser."""
    territories = geopandas.read_parquet(release.folder / "territories.parquet")
    with rasterio.open(release.folder / "coverage/2020.tif") as raster:
        transform = raster.transform
    found = {}
    for _, own in territories[territories.kind == "municipality"].iterrows():
        here = rasterio.features.geometry_mask([own.geometry], changed.shape, transform, invert=True)
        if count := int((here & changed).sum()):
            found[own.key] = count
    return found


def assert_same(said: dict, before: dict, after: Release, areas: tuple | None = None) -> None:
    """A rehearsal against the coverages of two releases, by period."""
    assert {one["period"] for one in said["periods"]} == set(before)
    for period, was in before.items():
        now = after.coverage(period)
        due = changes(was, now)
        own = {(one["from"] or 0, one["to"] or 0): one["pixels"] for one in said["classes"] if one["period"] == period}
        assert due and own == due
        (of_period,) = [one for one in said["periods"] if one["period"] == period]
        assert of_period["changed"] == sum(due.values())
        assert of_period["changed"] <= of_period["pixels"] <= was.size
        hectares = sum(one["area_ha"] for one in said["classes"] if one["period"] == period)
        assert of_period["changed_ha"] == pytest.approx(hectares)
        # A pixel of 900 m2 on the map is nearly that on the ground.
        assert hectares == pytest.approx(0.09 * sum(due.values()), rel=2e-3)
        towns = {
            one["territory"]: one["changed"]
            for one in said["territories"]
            if one["period"] == period and one["kind"] == "municipality" and one["territory"]
        }
        assert towns == by_municipality(after, was != now)


def hectares(release: Release) -> pandas.Series:
    table = pandas.read_parquet(release.folder / "areas.parquet")
    own = table[(table.territory_kind == "coverage") & (table.period == "2020")]
    return own.groupby("class").area_ha.sum()


def test_a_theme_of_both_periods(mutirao, desk):
    def paint(bands):
        bands[0, 300:340, 500:560] = 1
        bands[0, 600:605, 80:200] = 0

    files = [deliver(desk, f"mining_{period}.tif", paint) for period in ("2019", "2020")]
    said = rehearse(mutirao, desk, "mining", *files)
    assert (said["layer"], said["replaces"]) == ("mining", True)
    release = whole(mutirao, desk)
    before, areas = {period: release.coverage(period) for period in ("2019", "2020")}, hectares(release)
    for file in files:
        shutil.copy(file, desk / "fixtures/demo")
    # The release is judged, and the delivery need not keep its contract to be tried out.
    (desk / "pipelines/demo/contracts/mining.odcs.yaml").write_text(
        (desk / "pipelines/demo/contracts/mining.odcs.yaml").read_text(encoding="utf-8").replace("severity: error", "severity: warning")
    )
    after = whole(mutirao, desk)
    assert_same(said, before, after)
    # Hectares: what classes gain and lose between the two releases.
    moved = hectares(after).sub(areas, fill_value=0)
    for klass, gained in moved.items():
        own = [one for one in said["classes"] if one["period"] == "2020"]
        due = sum(one["area_ha"] for one in own if (one["to"] or 0) == klass)
        due -= sum(one["area_ha"] for one in own if (one["from"] or 0) == klass)
        assert gained == pytest.approx(due, abs=1e-6), klass


def test_one_period_of_a_member(mutirao, desk):
    file = deliver(desk, "varzea_2020.tif", lambda bands: bands[0].__setitem__((slice(None), slice(0, 250)), 99))
    said = rehearse(mutirao, desk, "base-varzea", file)
    assert (said["layer"], said["replaces"]) == ("base/varzea", True)
    before = {"2020": whole(mutirao, desk).coverage("2020")}
    shutil.copy(file, desk / "fixtures/demo")
    contract = desk / "pipelines/demo/contracts/base-varzea.odcs.yaml"
    release = whole(mutirao, desk) if not_judged(contract) else None
    assert_same(said, before, release)


def not_judged(contract: Path) -> bool:
    """Takes the rules out of a contract, so that a release can be made of anything."""
    text = contract.read_text(encoding="utf-8")
    start, end = text.index("    quality:"), text.index("slaProperties:")
    contract.write_text(text[:start] + text[end:], encoding="utf-8")
    return True


@pytest.mark.parametrize("periods", [["2019", "2020"], ["2020"]])
def test_a_layer_that_was_never_delivered_is_compared_with_the_map_without_it(mutirao, desk, periods):
    files = [deliver(desk, f"mining_{period}.tif", lambda bands: None) for period in periods]
    after = whole(mutirao, desk)
    kept = {period: after.coverage(period) for period in periods}
    for path in (desk / "fixtures/demo").glob("mining_*.tif"):
        path.unlink()
    said = rehearse(mutirao, desk, "mining", *files)
    assert (said["layer"], said["replaces"]) == ("mining", False)
    without = whole(mutirao, desk, "--without", "mining")
    assert [one["period"] for one in said["periods"]] == periods
    for period in periods:
        own = {(one["from"] or 0, one["to"] or 0): one["pixels"] for one in said["classes"] if one["period"] == period}
        assert own == changes(without.coverage(period), kept[period])


def test_kinds_that_are_no_polygons_are_named(mutirao, desk):
    file = deliver(desk, "mining_2020.tif", lambda bands: bands[0].__setitem__((slice(300, 340), slice(500, 560)), 1))
    said = rehearse(mutirao, desk, "mining", file)
    assert [one["kind"] for one in said["uncounted"]] == ["biome", "biome_municipality"]
    assert {one["kind"] for one in said["territories"]} == {"municipality"}
    network = desk / "pipelines/demo"
    told = mutirao("check", file, "--contract", network / "contracts/mining.odcs.yaml", "--network", network, code=None)
    for words in ("not counted by biome: its territories are the values of biomes", "not counted by biome_municipality: "):
        assert words in told.stdout


def test_a_class_0_is_told_from_nothing(mutirao, tmp_path):
    """255 is nothing in this network, and 0 is water."""
    size, rng = 40, np.random.default_rng(7)
    folder = tmp_path / "net"
    write_network(
        folder,
        plain_legend([0, 3, 30]),
        grid={"crs": "EPSG:31976", "origin": [405_000, 180_000], "resolution": 30, "size": [size, size]},
        periods=["2020"],
        partners={"watch": {"name": "Mine Watch", "license": "CC0-1.0"}},
        layers={
            "land": {"source": "land.tif", "classes": [0, 3]},
            "mines": {"partner": "watch", "contract": "mines.odcs.yaml", "source": "mines.tif", "classes": [0, 30]},
        },
        coverage={"rules": [{"take": {"mines": [0, 30]}}, {"take": {"land": [0, 3]}}]},
        outputs={"nodata": 255},
    )
    (folder / "mines.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: mines\nversion: 1.0.0\nstatus: active\n"
        "schema: [{ name: mines, physicalType: raster }]\n"
    )
    profile = {
        "driver": "GTiff", "dtype": "uint8", "count": 1, "nodata": 255, "width": size, "height": size,
        "crs": "EPSG:31976", "transform": rasterio.transform.from_origin(405_000, 180_000, 30, 30),
    }  # fmt: skip
    land, old, new = (rng.choice(values, (size, size)) for values in ([0, 3, 255], [0, 30, 255], [0, 30, 255]))
    (tmp_path / "new").mkdir()
    for path, values in ((folder / "land.tif", land), (folder / "mines.tif", old), (tmp_path / "new/mines.tif", new)):
        with rasterio.open(path, "w", **profile) as out:
            out.write(values.astype("uint8"), 1)
    arguments = ("--contract", folder / "mines.odcs.yaml", "--period", "2020", "--network", folder)
    said = mutirao.json("check", tmp_path / "new/mines.tif", *arguments, code=None)["facts"]["rehearsal"]
    before, after = (np.where(mines == 255, land, mines) for mines in (old, new))
    own = {(one["from"], one["to"]): one["pixels"] for one in said["classes"]}
    due = {tuple(None if one == 255 else one for one in pair): count for pair, count in changes(before, after).items()}
    assert own == due and {(0, 30), (30, 0), (None, 0), (0, None)} <= set(due)
    (period,) = said["periods"]
    assert period["changed"] == sum(due.values())


def test_the_same_delivery_again_changes_nothing(mutirao, desk):
    file = deliver(desk, "campo_2019_2020.tif", lambda bands: None)
    said = rehearse(mutirao, desk, "base-campo", file)
    assert [one["changed"] for one in said["periods"]] == [0, 0]
    assert said["classes"] == said["territories"] == []


def vector_network(folder: Path, source: str, periods: list, **keys) -> Path:
    """A base map of classes 3 and 4, over which a layer of polygons says 30 or 31 by an attribute; the network's folder."""
    size, rng = 60, np.random.default_rng(11)
    write_network(
        folder,
        plain_legend([3, 4, 30, 31]),
        grid={"crs": "EPSG:31976", "origin": [405_000, 180_000], "resolution": 30, "size": [size, size]},
        periods=periods,
        partners={"agro": {"name": "Agro", "license": "CC0-1.0"}},
        layers={
            "land": {"source": "land.tif", "static": True, "classes": [3, 4]},
            "crops": {
                "partner": "agro", "contract": "crops.odcs.yaml", "source": source, "attribute": "crop",
                "crosswalk": "crops.csv", **keys,
            },
        },
        coverage={"rules": [{"take": {"crops": [30, 31]}}, {"take": {"land": [3, 4]}}]},
        outputs={"tile": 512},
    )  # fmt: skip
    (folder / "crops.csv").write_text("from,to,note\nsoja,30,\nmilho,31,\n", encoding="utf-8")
    (folder / "crops.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: crops\nversion: 1.0.0\nstatus: active\n"
        f"schema: [{{ name: crops, physicalType: vector, physicalName: \"{source}\" }}]\n"
    )
    profile = {
        "driver": "GTiff", "dtype": "uint8", "count": 1, "nodata": 0, "width": size, "height": size,
        "crs": "EPSG:31976", "transform": rasterio.transform.from_origin(405_000, 180_000, 30, 30),
    }  # fmt: skip
    with rasterio.open(folder / "land.tif", "w", **profile) as out:
        out.write(rng.choice([3, 4], (size, size)).astype("uint8"), 1)
    return folder


def fields(path: Path, boxes: dict) -> Path:
    """Polygons by their crop: left, upper, right and lower in pixels and halves of them."""
    rings = {name: shapely.box(405_000 + 30 * a, 180_000 - 30 * d, 405_000 + 30 * c, 180_000 - 30 * b) for name, (a, b, c, d) in boxes.items()}
    frame = geopandas.GeoDataFrame({"crop": [name for name in rings]}, geometry=list(rings.values()), crs="EPSG:31976")
    path.parent.mkdir(exist_ok=True)
    frame.to_file(path, driver="GPKG")
    return path


EARLIER = {"soja": (5.5, 5.5, 30, 20), "milho": (33, 8, 50.5, 41)}
LATER = {"soja": (2, 5.5, 28, 24.5), "milho": (31, 8, 50.5, 55)}


def rehearse_crops(mutirao, folder: Path, *files) -> dict:
    arguments = ("check", *files, "--contract", folder / "crops.odcs.yaml", "--network", folder)
    said = [mutirao.json(*arguments, "--threads", threads, cwd=folder.parent) for threads in (1, 3)]
    assert said[0]["facts"]["rehearsal"] == said[1]["facts"]["rehearsal"] and said[0]["verdict"] == "pass"
    return said[0]["facts"]["rehearsal"]


def assert_periods(said: dict, before: Release, after: Release, periods: list) -> None:
    assert [one["period"] for one in said["periods"]] == periods
    for period in periods:
        own = {(one["from"] or 0, one["to"] or 0): one["pixels"] for one in said["classes"] if one["period"] == period}
        due = changes(before.coverage(period), after.coverage(period))
        assert due and own == due


@pytest.mark.parametrize("there", [True, False])
def test_a_vector_of_all_periods(mutirao, tmp_path, there):
    folder = vector_network(tmp_path / "net", "crops.gpkg", ["2019", "2020"], static=True)
    pipeline, own = folder / "pipeline.yaml", folder / "crops.gpkg"
    fields(own, EARLIER)
    without = () if there else ("--without", "crops")
    before = publish(mutirao, pipeline, *without, out=tmp_path / "before")
    if not there:
        own.unlink()
    new = fields(tmp_path / "new/delivered.gpkg", LATER)
    said = rehearse_crops(mutirao, folder, new)
    assert (said["layer"], said["replaces"]) == ("crops", there)
    shutil.copy(new, own)
    after = publish(mutirao, pipeline, out=tmp_path / "after")
    assert_periods(said, before, after, ["2019", "2020"])


def test_a_vector_of_one_period_by_its_name(mutirao, tmp_path):
    folder = vector_network(tmp_path / "net", "crops_{period}.gpkg", ["2019", "2020"])
    for period in ("2019", "2020"):
        fields(folder / f"crops_{period}.gpkg", EARLIER)
    before = publish(mutirao, folder / "pipeline.yaml", out=tmp_path / "before")
    new = fields(tmp_path / "new/crops_2020.gpkg", LATER)
    said = rehearse_crops(mutirao, folder, new)
    nameless = shutil.copy(new, tmp_path / "new/fields.gpkg")
    arguments = ("check", nameless, "--contract", folder / "crops.odcs.yaml", "--network", folder)
    assert mutirao.json(*arguments, "--period", "2020", cwd=tmp_path)["facts"]["rehearsal"] == said
    (undone,) = mutirao.json(*arguments, cwd=tmp_path)["rehearsal_findings"]
    assert "nobody says for which period" in undone["message"] and "--period" in undone["mend"]
    shutil.copy(new, folder)
    after = publish(mutirao, folder / "pipeline.yaml", out=tmp_path / "after")
    assert_periods(said, before, after, ["2020"])
    assert not changes(before.coverage("2019"), after.coverage("2019"))


@pytest.mark.parametrize("crop, verdict, code", [("soja", "pass", 0), ("soya", "fail", 1)])
def test_a_delivery_that_cannot_be_rehearsed_is_judged_all_the_same(mutirao, tmp_path, crop, verdict, code):
    folder = vector_network(tmp_path / "net", "crops.gpkg", ["2020"], static=True)
    contract = folder / "crops.odcs.yaml"
    text = contract.read_text(encoding="utf-8").replace(
        " }]",
        ", quality: [{ type: custom, engine: mutirao, implementation: { check: enumeration, attribute: crop, allowed: [soja, milho] } }] }]",
    )
    contract.write_text(text, encoding="utf-8")
    (folder / "land.tif").unlink()
    new = fields(tmp_path / "new/crops.gpkg", {crop: EARLIER["soja"]})
    arguments = ("check", new, "--contract", contract, "--network", folder)
    answer = mutirao.json(*arguments, code=code, cwd=tmp_path)
    assert answer["verdict"] == verdict and "rehearsal" not in answer["facts"]
    warning, *errors = answer["rehearsal_findings"]
    assert (warning["code"], warning["severity"]) == ("rehearsal-undone", "warning")
    assert "missing-file" in {one["code"] for one in errors}
    told = mutirao(*arguments, code=code, cwd=tmp_path)
    assert f"{verdict}: crops" in told.stdout + told.stderr
    assert "warning[rehearsal-undone]" in told.stderr and "land.tif" in told.stderr
