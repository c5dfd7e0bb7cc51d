"""Where layers agree, and a map of where they do not: python agreement.py [RELEASE] [PERIOD] [MAP]

Writes a GeoTIFF: 0 outside or a gap, 1 one layer speaks, 2 all that speak agree, 3 they differ.
"""

import sys

import numpy
import rasterio

release = sys.argv[1] if len(sys.argv) > 1 else "out/arauna/2026.1"
period = sys.argv[2] if len(sys.argv) > 2 else "2020"
target = sys.argv[3] if len(sys.argv) > 3 else "disagreement.tif"

with rasterio.open(f"{release}/agreement/{period}.tif") as raster:
    speak, agree, agree_top = raster.read()
    profile = raster.profile

inside = speak != 255
several = inside & (speak > 1)
print(f"inside the area     {inside.sum():9,} pixels")
print(f"no layer speaks     {(speak == 0).sum():9,}")
print(f"one layer speaks    {(speak == 1).sum():9,}")
print(f"several speak       {several.sum():9,}")
print(f"  all say the class {(several & (agree == speak)).sum():9,}")
print(f"  or its top class  {(several & (agree_top == speak)).sum():9,}")

kind = numpy.select([~inside | (speak == 0), speak == 1, agree == speak], [0, 1, 2], default=3)
with rasterio.open(target, "w", driver="GTiff", dtype="uint8", count=1, nodata=0, compress="deflate",
                   crs=profile["crs"], transform=profile["transform"],
                   width=profile["width"], height=profile["height"]) as map_:
    map_.write(kind.astype("uint8"), 1)
