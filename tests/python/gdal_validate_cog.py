"""GDAL's own validator over files: one line `path: valid` or what is wrong with each.

Run with Debian's /usr/bin/python3, to which the package python3-gdal belongs; exits 77 where that is not installed.
"""

import sys

try:
    from osgeo import gdal
    from osgeo_utils.samples.validate_cloud_optimized_geotiff import ValidateCloudOptimizedGeoTIFFException, validate
except ImportError:
    sys.exit(77)

gdal.UseExceptions()
wrong = 0
for path in sys.argv[1:]:
    try:
        warnings, errors, _ = validate(path, full_check=True)
    except ValidateCloudOptimizedGeoTIFFException as error:
        warnings, errors = [], [str(error)]
    print(f"{path}: {'; '.join(errors + warnings) or 'valid'}")
    wrong += bool(errors or warnings)
sys.exit(1 if wrong else 0)
