"""Copies of a layer with mistakes that happen: python mistakes.py KIND FILE TARGET

KIND is shifted (half a pixel to the east), undeclared (no nodata), unknown (a code that nobody agreed on), or small (a mine of one
pixel).
"""

import sys

import rasterio
from rasterio.transform import Affine

kind, file, target = sys.argv[1:4]
with rasterio.open(file) as layer:
    values, profile = layer.read(), layer.profile
if kind == "shifted":
    profile["transform"] = profile["transform"] @ Affine.translation(0.5, 0)
elif kind == "undeclared":
    profile["nodata"] = None
elif kind == "unknown":
    values[0, 500, 600:605] = 7
elif kind == "small":
    values[0, 500, 600] = 1
else:
    sys.exit(f"no such mistake: {kind}")
with rasterio.open(target, "w", **profile) as spoiled:
    spoiled.write(values)
