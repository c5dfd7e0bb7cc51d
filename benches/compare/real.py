"""Real maps in 16 bits, made large: square parts of them side by side, each turned or mirrored by chance.

Put side by side as they are, small maps decode quicker than in nature: what is repeated within a block is not decoded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import rasterio

from generate import DEFLATE, LZW, TILED_256, TILED_512

SIDE = 16384
# With what is added to codes of 8 bits.
MAPS = {
    "Lourenço": ("mapbiomas-lourenco/c6_annual/utm_cover_AP_lorenco_2015.tif", 0),
    "Kansas": ("usda-cdl-kansas/unsplit/2021_30m_cdls.tif", 7000),
    "Zion": ("nlcd-zion/nlcd2011.tif", 7000),
    "Storm Lake": ("landfire-storm-lake/storml_evt.tif", 0),
}
LAYOUTS = {"DEFLATE": DEFLATE | TILED_512, "LZW": LZW | TILED_256}
SHARED = {"driver": "GTiff", "dtype": "uint16", "count": 1, "width": SIDE, "height": SIDE, "crs": "EPSG:31976", "nodata": 0}


def real_maps(data: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Writes those that are there, one after the other: name and file."""
    for name, (path, added) in MAPS.items():
        if (data / path).exists():
            large = enlarged(data / path, added)
            for layout, options in LAYOUTS.items():
                raster = folder / f"{Path(path).stem}-{layout.lower()}.tif"
                transform = rasterio.transform.from_origin(400_000, 9_900_000, 30, 30)
                with rasterio.open(raster, "w", **(SHARED | options | {"transform": transform})) as file:
                    file.write(large, 1)
                yield f"{name} {layout}", raster


def enlarged(path: Path, added: int) -> np.ndarray:
    with rasterio.open(path) as file:
        values = file.read(1)
        nothing = np.zeros_like(values, bool) if file.nodata is None else values == file.nodata
    values = np.where(nothing, 0, values.astype(np.uint16) + np.uint16(added))
    side = min(values.shape)
    part = values[:side, :side]
    turned = [np.rot90(one, times) for one in (part, part.T) for times in range(4)]
    chance = np.random.default_rng(9)
    count = -(-SIDE // side)
    rows = [np.hstack([turned[chance.integers(8)] for _ in range(count)]) for _ in range(count)]
    return np.vstack(rows)[:SIDE, :SIDE]
