"""What a layer says of itself, and which values it holds: python look_at_a_layer.py FILE"""

import sys

import numpy
import rasterio

with rasterio.open(sys.argv[1]) as layer:
    print("CRS       ", layer.crs)
    print("origin    ", [layer.transform.c, layer.transform.f])
    print("resolution", [layer.transform.a, -layer.transform.e])
    print("size      ", [layer.width, layer.height])
    print("type      ", layer.dtypes[0])
    print("nodata    ", layer.nodata)
    for band in layer.indexes:
        values, pixels = numpy.unique(layer.read(band), return_counts=True)
        print("band", band, layer.descriptions[band - 1] or "(no description)")
        for value, count in zip(values, pixels):
            print(f"  {value:5} {count:10,} pixels")
