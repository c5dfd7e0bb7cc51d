"""`mutirao accuracy` held against estimates made from the definitions alone, against the truth, and on the demo's release."""

from __future__ import annotations

import csv

import geopandas
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

CRS = "EPSG:31976"
TRANSFORM = from_origin(405000, 180000, 30, 30)
# At most 64 pixels on a side: one cell of true areas, so that shares of area are shares of pixels.
SIDE = 60
CLASSES = np.array([3, 15, 24, 33], np.uint8)


def write_bands(path, bands: dict[str, np.ndarray]):
    first = next(iter(bands.values()))
    profile = {"driver": "GTiff", "count": len(bands), "dtype": "uint8", "crs": CRS, "transform": TRANSFORM, "nodata": 0}
    size = {"height": first.shape[0], "width": first.shape[1]}
    with rasterio.open(path, "w", compress="deflate", interleave="band", **profile, **size) as out:
        for at, (label, pixels) in enumerate(bands.items(), 1):
            out.write(pixels, at)
            out.set_band_description(at, label)
    return path


def write_samples(path, rows: list[dict]):
    with open(path, "w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


def at_centre(row, col, transform=TRANSFORM) -> dict:
    return {"x": transform.c + (col + 0.5) * transform.a, "y": transform.f + (row + 0.5) * transform.e}


def linearised(strata: dict, units: list[dict], y, x, corrected: bool):
    """A ratio of weighted means and its standard error by the definition of linearisation.

    The estimator is a function of the totals of the units drawn, by stratum; its gradient is taken numerically (by a complex
    step, which is exact), and multiplied with the covariances of those totals as numpy has them.
    """
    whole = sum(strata.values())
    totals = {}
    for name in strata:
        clusters: dict = {}
        for number, unit in enumerate(units):
            if unit["stratum"] == name:
                weight = unit.get("weight", 1.0)
                held = clusters.setdefault(unit.get("cluster", number), np.zeros(3))
                held += weight * np.array([y(unit), x(unit), 1.0])
        totals[name] = np.array(list(clusters.values()))

    def ratio(sums):
        share = lambda of: sum(strata[name] / whole * sums[name][of] / sums[name][2] for name in strata)  # noqa: E731
        return share(0) / share(1)

    sums = {name: drawn.sum(axis=0).astype(complex) for name, drawn in totals.items()}
    if sum(one[1] for one in sums.values()) == 0:
        return None, None
    variance = 0.0
    for name, drawn in totals.items():
        gradient = np.zeros(3)
        for at in range(3):
            moved = {other: one.copy() for other, one in sums.items()}
            moved[name][at] += 1e-30j
            gradient[at] = ratio(moved).imag / 1e-30
        left = 1 - len(drawn) / strata[name] if corrected else 1.0
        variance += left * len(drawn) * gradient @ np.cov(drawn.T) @ gradient
    return ratio(sums).real, np.sqrt(max(variance, 0.0))


def assert_equal(period: dict, strata: dict, units: list[dict], corrected: bool):
    """All measures of a period against the brute force."""

    def check(measure, y, x, what):
        value, error = linearised(strata, units, y, x, corrected)
        if value is None:
            assert measure["estimate"] is None and measure["undefined"], what
            return
        assert measure["estimate"] == pytest.approx(value, abs=1e-12), what
        assert measure["standard_error"] == pytest.approx(error, abs=1e-9), what

    one = lambda _: 1.0  # noqa: E731
    check(period["overall"], lambda u: float(u["map"] == u["reference"]), one, "overall")
    for own in period["classes"]:
        k = own["class"]
        both = lambda u: float(u["map"] == k == u["reference"])  # noqa: B023, E731
        check(own["users"], both, lambda u: float(u["map"] == k), f"user's {k}")  # noqa: B023
        check(own["producers"], both, lambda u: float(u["reference"] == k), f"producer's {k}")  # noqa: B023
        check(own["share"], lambda u: float(u["reference"] == k), one, f"share {k}")  # noqa: B023
        matrix = period["matrix"]
        row = dict(zip(matrix["classes"], matrix["samples"][matrix["classes"].index(k)]))
        for other, count in row.items():
            assert count == sum(u["map"] == k and u["reference"] == other for u in units)


def random_map(rng) -> np.ndarray:
    """Four classes of very different sizes, in stripes, with a hole."""
    pixels = rng.choice(CLASSES, (SIDE, SIDE), p=[0.5, 0.3, 0.15, 0.05])
    pixels[:3, :3] = 0
    return pixels


def drawn(rng, pixels, strata, count) -> list[tuple[int, int]]:
    """Places drawn from each stratum without repetition, `count()` of each."""
    places = []
    for value in np.unique(strata[(strata > 0) & (pixels > 0)]):
        rows, cols = np.nonzero((strata == value) & (pixels > 0))
        chosen = rng.choice(len(rows), count(), replace=False)
        places += [(int(rows[at]), int(cols[at])) for at in chosen]
    return places


DESIGNS = ["classes", "strata", "weights", "clusters", "stratified clusters"]


@pytest.mark.parametrize("design", DESIGNS)
def test_estimates_equal_a_brute_force(mutirao, tmp_path, design):
    rng = np.random.default_rng(DESIGNS.index(design))
    maps = {f"p{at}": random_map(rng) for at in range(8)}
    # Strata that cut across the classes, the same in all periods.
    bands = np.repeat(np.array([1, 2, 3], np.uint8), [10, 30, 20])
    across = np.broadcast_to(bands[:, None], (SIDE, SIDE)).copy()
    is_across = design in ("strata", "stratified clusters")
    rows, units, sizes = [], {}, {}
    for label, pixels in maps.items():
        strata = pixels if design == "classes" else across if is_across else np.ones_like(pixels)
        units[label] = []
        for number, (row, col) in enumerate(drawn(rng, pixels, strata, lambda: int(rng.integers(20, 40)))):
            true = int(pixels[row, col]) if rng.random() < 0.75 else int(rng.choice(CLASSES))
            unit = {"stratum": int(strata[row, col]), "map": int(pixels[row, col]), "reference": true}
            if design == "weights":
                unit["weight"] = float(rng.integers(1, 9))
            if "clusters" in design:
                unit["cluster"] = f"{strata[row, col]}-{number % 7}"
            units[label].append(unit)
            rows.append(at_centre(row, col) | {"period": label} | {k: v for k, v in unit.items() if k not in ("map", "stratum")})
        there = pixels > 0
        sizes[label] = {int(value): int((strata[there] == value).sum()) for value in np.unique(strata[there])}
    path = write_bands(tmp_path / "map.tif", maps)
    arguments = ["--strata", write_bands(tmp_path / "strata.tif", {"strata": across})] if is_across else []
    answer = mutirao.json("accuracy", path, write_samples(tmp_path / "samples.csv", rows), *arguments)
    assert [period["period"] for period in answer["periods"]] == list(maps)
    expected = {"classes": "olofsson2014", "strata": "stehman2014"}.get(design, "weighted")
    for period in answer["periods"]:
        label = period["period"]
        assert period["estimator"] == expected
        assert {int(s["stratum"].replace("the whole map", "1")): s["pixels"] for s in period["strata"]} == sizes[label]
        assert_equal(period, sizes[label], units[label], corrected=design == "strata")


def test_intervals_hold_the_truth_as_often_as_they_say(mutirao, tmp_path):
    rng = np.random.default_rng(20261122)
    pixels = random_map(rng)
    truth = np.where(rng.random(pixels.shape) < 0.8, pixels, rng.choice(CLASSES, pixels.shape))
    truth[pixels == 0] = 0
    there = pixels > 0
    repeats = [f"r{at:03}" for at in range(300)]
    rows = []
    for label in repeats:
        for row, col in drawn(rng, pixels, pixels, lambda: 100):
            rows.append(at_centre(row, col) | {"period": label, "reference": int(truth[row, col])})
    path = write_bands(tmp_path / "map.tif", dict.fromkeys(repeats, pixels))
    samples = write_samples(tmp_path / "samples.csv", rows)
    answer = mutirao.json("accuracy", path, samples, "--estimator", "stehman2014", "--confidence", 0.9)
    assert len(answer["periods"]) == len(repeats)

    right = pixels == truth
    due = {("overall", 0): right[there].mean()}
    for k in CLASSES.tolist():
        due["users", k] = right[pixels == k].mean()
        due["producers", k] = right[truth == k].mean()
        due["share", k] = (truth[there] == k).mean()
    for (measure, k), value in due.items():
        of = lambda period: next(own for own in period["classes"] if own["class"] == k)[measure] if k else period[measure]  # noqa: B023, E731
        found = [of(period) for period in answer["periods"]]
        estimates = np.array([one["estimate"] for one in found])
        errors = np.array([one["standard_error"] for one in found])
        held = np.mean([one["interval"][0] <= value <= one["interval"][1] for one in found])
        what = f"{measure} {k}: {held}"
        # Of 300 intervals at 90 %, 270 hold the truth, give or take 5 for chance. A normal interval around a share of few samples
        # holds it less often, since the share moves in steps.
        assert 0.84 <= held <= 0.96, what
        assert abs(estimates.mean() - value) < 4 * estimates.std() / np.sqrt(len(repeats)) + 0.002, what
        assert np.sqrt(np.mean(errors**2)) == pytest.approx(estimates.std(), rel=0.15), what


@pytest.fixture(scope="module")
def drawn_from_the_demo(demo):
    """Samples of both periods of the demo, by the classes of the map, some of them wrong."""
    rng = np.random.default_rng(3)
    rows = []
    for period in ["2019", "2020"]:
        with rasterio.open(demo / f"coverage/{period}.tif") as raster:
            pixels, transform = raster.read(1), raster.transform
        ids = [int(k) for k in np.unique(pixels) if k]
        for row, col in drawn(rng, pixels, pixels, lambda: 25):
            reference = int(pixels[row, col]) if rng.random() < 0.85 else int(rng.choice(ids))
            rows.append(at_centre(row, col, transform) | {"period": period, "reference": reference, "map": int(pixels[row, col])})
    return rows


def test_csv_geopackage_and_geoparquet_say_the_same(mutirao, demo, drawn_from_the_demo, tmp_path):
    rows = [{k: v for k, v in row.items() if k != "map"} for row in drawn_from_the_demo]
    points = geopandas.points_from_xy([row["x"] for row in rows], [row["y"] for row in rows], crs=CRS)
    columns = {k: [row[k] for row in rows] for k in ["period", "reference"]}
    table = geopandas.GeoDataFrame(columns, geometry=points)
    table.to_file(tmp_path / "samples.gpkg", driver="GPKG")
    table.to_crs("EPSG:4674").to_parquet(tmp_path / "samples.parquet")
    degrees = table.to_crs("EPSG:4326").geometry
    away = [row | {"x": x, "y": y} for row, x, y in zip(rows, degrees.x, degrees.y)]
    answers = [
        mutirao.json("accuracy", demo, write_samples(tmp_path / "samples.csv", rows)),
        mutirao.json("accuracy", demo, tmp_path / "samples.gpkg"),
        mutirao.json("accuracy", demo, tmp_path / "samples.parquet"),
        mutirao.json("accuracy", demo, write_samples(tmp_path / "away.csv", away), "--crs", "EPSG:4326"),
    ]
    said = [answer["treatment"] for answer in answers]
    assert said[1] == "as is" and all("transformed from" in words for words in said[2:]), said
    for answer in answers[1:]:
        assert answer["periods"] == answers[0]["periods"]


def test_the_demo_equals_the_brute_force(mutirao, demo, drawn_from_the_demo, tmp_path):
    rows = [{k: v for k, v in row.items() if k != "map"} for row in drawn_from_the_demo]
    samples = write_samples(tmp_path / "samples.csv", rows)
    answer = mutirao.json("accuracy", demo, samples)
    assert [period["period"] for period in answer["periods"]] == ["2019", "2020"]
    for period in answer["periods"]:
        with rasterio.open(demo / f"coverage/{period['period']}.tif") as raster:
            pixels = raster.read(1)
        for own in period["strata"]:
            assert own["pixels"] == (pixels == int(own["stratum"])).sum()
        units = [row | {"stratum": row["map"]} for row in drawn_from_the_demo if row["period"] == period["period"]]
        # Shares are shares of true area, which are those of the release's own table.
        areas = {int(own["stratum"]): own["area_ha"] for own in period["strata"]}
        assert_equal(period, areas, units, corrected=False)
        assert sum(own["area_ha"]["estimate"] for own in period["classes"]) == pytest.approx(sum(areas.values()))
    # Grouped by the legend's top classes, strata stay what they were.
    grouped = mutirao.json("accuracy", demo, samples, "--level", 1, "--period", "2020")
    (period,) = grouped["periods"]
    assert grouped["other_periods"] == {"2019": sum(row["period"] == "2019" for row in rows)}
    assert period["estimator"] == "stehman2014" and period["matrix"]["classes"] == [1, 10, 14, 22, 26]
    assert period["overall"]["estimate"] >= answer["periods"][1]["overall"]["estimate"]


def test_a_census_is_the_truth(mutirao, tmp_path):
    rng = np.random.default_rng(5)
    pixels = random_map(rng)
    truth = np.where(rng.random(pixels.shape) < 0.7, pixels, rng.choice(CLASSES, pixels.shape))
    rows = [at_centre(r, c) | {"reference": int(truth[r, c])} for r, c in np.argwhere(pixels > 0).tolist()]
    path = write_bands(tmp_path / "map.tif", {"2020": pixels})
    samples = write_samples(tmp_path / "samples.csv", rows)
    answer = mutirao.json("accuracy", path, samples, "--finite-population", "true")
    (period,) = answer["periods"]
    there = pixels > 0
    assert period["overall"]["estimate"] == pytest.approx((pixels == truth)[there].mean(), abs=1e-12)
    for own in period["classes"]:
        assert own["share"]["estimate"] == pytest.approx((truth[there] == own["class"]).mean(), abs=1e-12)
        assert [own[what]["standard_error"] for what in ("users", "producers", "share")] == [0, 0, 0]


def test_samples_that_are_all_wrong_are_called_so(mutirao, tmp_path):
    pixels = np.full((SIDE, SIDE), 3, np.uint8)
    pixels[30:] = 15
    path = write_bands(tmp_path / "map.tif", {"2020": pixels})
    # All of class 15 are wrong, and one of class 3.
    rows = [at_centre(row, row) | {"reference": 3 if row != 7 else 15} for row in range(0, SIDE, 3)]
    rows += [at_centre(7, 7) | {"reference": 15}]
    samples = write_samples(tmp_path / "samples.csv", rows)
    said = mutirao("accuracy", path, samples)
    assert "-0.0" not in said.stdout and "show no mistake" not in said.stderr
    assert "class 15 have an error of 0" in said.stderr and "all are wrong" in said.stderr
    assert "-0.0" not in mutirao("accuracy", path, samples, "--json").stdout


def test_samples_without_a_crs_are_told_of_the_option(mutirao, tmp_path):
    path = write_bands(tmp_path / "map.tif", {"2020": np.full((SIDE, SIDE), 3, np.uint8)})
    points = [at_centre(row, row) for row in range(5)]
    xy = geopandas.points_from_xy([one["x"] for one in points], [one["y"] for one in points])
    geopandas.GeoDataFrame({"reference": [3] * 5}, geometry=xy).to_file(tmp_path / "s.gpkg", driver="GPKG")
    said = mutirao("accuracy", path, tmp_path / "s.gpkg", code=1)
    assert "--crs" in said.stderr and "`crs:`" not in said.stderr
