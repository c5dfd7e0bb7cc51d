"""Every raster of a release is a Cloud-Optimized GeoTIFF, as GDAL and rio-cogeo judge it."""

import subprocess
from pathlib import Path

import pytest
from rio_cogeo.cogeo import cog_validate


def rasters(release):
    files = sorted(release.glob("*/*.tif"))
    assert len(files) == 6, files
    return files


def test_gdal_finds_every_raster_of_the_demo_valid(demo):
    script = Path(__file__).with_name("gdal_validate_cog.py")
    done = subprocess.run(["/usr/bin/python3", script, *rasters(demo)], capture_output=True, text=True)
    if done.returncode == 77:
        pytest.skip("python3-gdal is not here")
    assert done.returncode == 0, done.stdout + done.stderr


def test_rio_cogeo_finds_every_raster_of_the_demo_valid(demo):
    for file in rasters(demo):
        valid, errors, warnings = cog_validate(file, strict=True)
        assert valid, (file.name, errors, warnings)
