"""ESA WorldCover over the Gulf of Guinea: 36,000 x 36,000 pixels, mostly nothing, as one layer of a coverage."""

import subprocess
import sys

import numpy as np
import rasterio
from rasterio.windows import Window

from networks import Release, write_network

LEGEND = [
    (10, "", "Tree cover", "#006400"),
    (20, "", "Shrubland", "#ffbb22"),
    (30, "", "Grassland", "#ffff4c"),
    (40, "", "Cropland", "#f096ff"),
    (50, "", "Built-up", "#fa0000"),
    (60, "", "Bare / sparse vegetation", "#b4b4b4"),
    (80, "", "Permanent water bodies", "#0064c8"),
    (90, "", "Herbaceous wetland", "#0096a0"),
    (95, "", "Mangroves", "#00cf75"),
]
NOTHING = 1_131_331_361
HISTOGRAM = {
    10: 10_800_572, 20: 3_004, 30: 391_758, 40: 7_462, 50: 131_868, 60: 205_654, 80: 153_118_102, 90: 10_120, 95: 99,
}  # fmt: skip

MEASURE = """
import resource, subprocess, sys, time
started = time.monotonic()
subprocess.run(sys.argv[1:], check=True)
print(time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def test_a_billion_pixels_keep_their_histogram(mutirao, shared, tmp_path, capsys):
    source = shared / "data/worldcover-2020-gulf-of-guinea/ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
    pipeline = write_network(
        tmp_path / "gulf",
        LEGEND,
        grid={"like": str(source)},
        periods=["2020"],
        layers={"worldcover": {"source": str(source)}},
        coverage={"rules": [{"take": {"worldcover": "any"}}]},
    )
    command = [mutirao.program, "run", pipeline, "--out", tmp_path / "out"]
    # Measured by a small process between: what a child of this one is said to have used is never less than this one holds.
    measured = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True)
    assert measured.returncode == 0, measured.stderr
    took, peak = map(float, measured.stdout.splitlines()[-1].split())
    with capsys.disabled():
        build = mutirao.program.parent.name
        print(f"\n36,000 x 36,000 pixels, {build} build: {took:.1f} s, peak memory {peak:.0f} MiB")
    release = Release(tmp_path / "out/gulf/1")

    wanted = {str(klass): count for klass, count in HISTOGRAM.items()} | {"none": NOTHING}
    assert release.manifest["histograms"]["worldcover"]["2020"] == wanted
    assert NOTHING + sum(HISTOGRAM.values()) == 36_000 * 36_000
    rows = {("2020", "", klass, 1, 1): count for klass, count in HISTOGRAM.items()}
    assert release.pixels() == rows | {("2020", "", 0, 0, 0): NOTHING}
    with rasterio.open(release.folder / "coverage/2020.tif") as raster, rasterio.open(source) as original:
        assert raster.shape == original.shape == (36_000, 36_000)
        assert (raster.crs, raster.transform) == (original.crs, original.transform)
        for row in range(0, 36_000, 3_000):
            window = Window(0, row, 36_000, 3_000)
            assert np.array_equal(raster.read(1, window=window), original.read(1, window=window)), window
