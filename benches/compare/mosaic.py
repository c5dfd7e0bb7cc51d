"""The mosaic alone by rasterio.merge with overviews, against all that a run of the comparable set makes."""

from __future__ import annotations

import sys

import numpy as np
import rasterio

from bench import COMPARABLE, Bench
from equality import OUR_BOUND, Unequal, distance_to_edges
from generate import ROWS, THEMES
from measure import ratios, timed
from report import Row, Section
from variants import warped_layer

GDAL_BOUND = 0.125  # of a warped VRT, in pixels of the layer: GDAL's default


def measure(bench: Bench) -> Section:
    folder = bench.folder("merge")
    merged = folder / "merged.tif"
    theirs, ours = [], []
    for _ in range(bench.pairs):
        cost, release = bench.run(bench.dir / COMPARABLE)
        ours.append(cost)
        merged.unlink(missing_ok=True)
        theirs.append(timed([sys.executable, __file__.replace("mosaic.py", "merge_child.py"), bench.dir, merged, bench.threads]))
    pixels, number, furthest = check(bench, release / "coverage/2020.tif", merged)
    section = Section("The mosaic alone (deflate)")
    section.rows = [
        Row("Mutirão, the whole comparable set", ours),
        Row("rasterio.merge and overviews", theirs, merged.stat().st_size, f"CPU {ratios(theirs, ours)} x Mutirão"),
    ]
    section.notes = [
        f"Equal: {pixels:,} pixels but {number:,} of the warped layer, whose centres lie at most {furthest:.4f} px from an edge "
        "between pixels of that layer."
    ]
    return section


def check(bench: Bench, ours, theirs) -> tuple[int, int, float]:
    """Pixels, how many differ, and how far from an edge of the warped layer the furthest of them lies.

    Raises `Unequal` where one differs that the warp does not explain.
    """
    (own,) = next(theme.classes for theme in THEMES if theme.name == warped_layer())
    cols, rows = [], []
    with rasterio.open(ours) as a, rasterio.open(theirs) as b:
        if a.shape != b.shape or len(a.overviews(1)) > len(b.overviews(1)):
            raise Unequal(f"sizes or overviews: {a.shape} {a.overviews(1)} and {b.shape} {b.overviews(1)}")
        for row in range(0, a.height, ROWS):
            window = ((row, min(row + ROWS, a.height)), (0, a.width))
            one, other = a.read(1, window=window), b.read(1, window=window)
            differ = one != other
            if np.any(differ & (one != own) & (other != own)):
                raise Unequal(f"a pixel of rows {row} to {row + ROWS} that the warp does not explain")
            found = np.nonzero(differ)
            rows.append(found[0] + row)
            cols.append(found[1])
        pixels, transform, crs = a.width * a.height, a.transform, a.crs.to_string()
    furthest = distance_to_edges(bench.dir / f"{warped_layer()}.tif", crs, transform, np.concatenate(cols), np.concatenate(rows))
    if furthest > OUR_BOUND + GDAL_BOUND:
        raise Unequal(f"a pixel of the warped layer differs {furthest} px from an edge")
    return pixels, sum(map(len, cols)), furthest
