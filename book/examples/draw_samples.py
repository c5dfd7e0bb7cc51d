"""Draws 50 pixels of every class of the map of 2020, for people to label: python draw_samples.py"""

import csv

import numpy
import rasterio

rng = numpy.random.default_rng(2020)
with rasterio.open("out/arauna/2026.1/coverage/2020.tif") as raster, rasterio.open("out/arauna/2026.1/coverage/2019.tif") as other:
    mapped, stand_in, transform = raster.read(1), other.read(1), raster.transform

with open("samples.csv", "w", newline="") as out:
    table = csv.writer(out)
    table.writerow(["x", "y", "period", "reference"])
    for klass in numpy.unique(mapped[mapped != 0]):
        rows, columns = numpy.nonzero((mapped == klass) & (stand_in != 0))
        for at in rng.choice(len(rows), min(50, len(rows)), replace=False):
            x = transform.c + (columns[at] + 0.5) * transform.a
            y = transform.f + (rows[at] + 0.5) * transform.e
            # Somebody who does not know the map looks at an image and writes the class. Here the map of 2019 stands in for that.
            table.writerow([x, y, "2020", stand_in[rows[at], columns[at]]])
