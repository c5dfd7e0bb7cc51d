"""The inputs of the demo are what the generator makes, and other tools agree on what they are."""

import subprocess

import geopandas
import rasterio
from rio_cogeo.cogeo import cog_validate


def test_the_kept_inputs_are_those_that_the_generator_makes(xtask, root):
    done = subprocess.run([xtask, "fixtures", "--check"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_input_is_a_valid_cog_with_a_crs(root):
    files = sorted((root / "fixtures/demo").glob("*.tif"))
    assert len(files) == 16
    for file in files:
        valid, errors, warnings = cog_validate(file, strict=True)
        assert valid, (file.name, errors, warnings)
        with rasterio.open(file) as raster:
            assert raster.crs.to_epsg() == (4326 if file.name.startswith("pasture") else 31976)
            assert raster.nodata == (255 if file.name.startswith("mining") else 0)


def test_municipalities_share_their_borders(root):
    towns = geopandas.read_file(root / "fixtures/demo/municipalities.geojson")
    assert len(towns) == 12 and towns.is_valid.all() and towns.code.is_unique
    towns = towns.to_crs(31976)
    assert abs(towns.area.sum() - towns.union_all().area) < 1e-3
    assert towns.union_all().geom_type == "Polygon"
