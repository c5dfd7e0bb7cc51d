"""Cropland Data Layer, Kansas: the tiles of a layer merge to the file that they were cut from."""

import numpy as np
import pytest
import rasterio

from networks import plain_legend, publish, write_network

LAYERS = [
    "2021_30m_cdls",
    "2021_30m_confidence_layer",
    "2021_cultivated_layer",
    "crop_frequency_corn_2008-2021",
    "crop_frequency_cotton_2008-2021",
    "crop_frequency_soybeans_2008-2021",
    "crop_frequency_wheat_2008-2021",
]


@pytest.mark.parametrize("name", LAYERS)
def test_the_four_tiles_merge_to_the_unsplit_file(mutirao, shared, tmp_path, name):
    data = shared / "data/usda-cdl-kansas"
    unsplit = data / "unsplit" / f"{name}.tif"
    with rasterio.open(unsplit) as raster:
        wanted, georeferencing = raster.read(1), (raster.crs, raster.transform, raster.shape)
    pipeline = write_network(
        tmp_path / "kansas",
        plain_legend(np.unique(wanted).tolist()),
        grid={"like": str(unsplit)},
        periods=["2021"],
        # 255 is a class of the frequencies, though it says "none".
        layers={"cropland": {"source": str(data / "tiles" / f"{name}_*.tif"), "nodata": "none"}},
        coverage={"method": "first"},
    )
    release = publish(mutirao, pipeline)
    with rasterio.open(release.folder / "coverage/2021.tif") as raster:
        assert np.array_equal(raster.read(1), wanted)
        assert (raster.crs, raster.transform, raster.shape) == georeferencing
    counts = dict(zip(*(array.tolist() for array in np.unique(wanted, return_counts=True))))
    assert release.pixels() == {("2021", "", klass, 1, 0): count for klass, count in counts.items()}
    assert release.manifest["histograms"]["cropland"]["2021"] == {str(klass): n for klass, n in counts.items()}
    assert release.query("select count(*) from {inputs}") == [(4,)]
