"""The class names that GDAL reads in the first band of each file, as JSON by path (rasterio has no call for them).

Run with Debian's /usr/bin/python3, to which the package python3-gdal belongs; exits 77 where that is not installed.
"""

import json
import sys

try:
    from osgeo import gdal
except ImportError:
    sys.exit(77)

gdal.UseExceptions()

names = {}
for path in sys.argv[1:]:
    dataset = gdal.Open(path)  # a band does not keep it open
    dataset.GetGeoTransform()  # some versions of GDAL read .aux.xml only after this
    names[path] = dataset.GetRasterBand(1).GetCategoryNames()
print(json.dumps(names))
