"""The peer of mosaic.py, a process of its own: python merge_child.py INPUTS OUT THREADS"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import rasterio
from rasterio.enums import Resampling
from rasterio.merge import merge
from rasterio.vrt import WarpedVRT

from bench import LAYERS


def main(inputs: Path, out: Path, threads: str) -> None:
    with ExitStack() as stack:
        grid = stack.enter_context(rasterio.open(inputs / "region1.tif"))
        place = {"crs": grid.crs, "transform": grid.transform, "width": grid.width, "height": grid.height}

        def on_grid(layer: str):
            """The layer, or, where it is not on the grid, GDAL's view of it there."""
            source = stack.enter_context(rasterio.open(inputs / f"{layer}.tif"))
            if (source.crs, source.transform) == (grid.crs, grid.transform):
                return source
            return stack.enter_context(WarpedVRT(source, resampling=Resampling.nearest, nodata=0, **place))

        layout = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate", "zlevel": 6}
        options = {"num_threads": threads, "bigtiff": "if_safer", **layout}
        merge(
            [on_grid(layer) for layer in LAYERS], bounds=tuple(grid.bounds), res=grid.res, nodata=0, method="first",
            dst_path=out, dst_kwds=options, mem_limit=256,
        )  # fmt: skip
        levels = []
        while max(grid.shape) / (levels[-1] if levels else 1) > 512:
            levels.append(2 * levels[-1] if levels else 2)
    with rasterio.Env(GDAL_NUM_THREADS=threads), rasterio.open(out, "r+") as raster:
        raster.build_overviews(levels, Resampling.nearest)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
