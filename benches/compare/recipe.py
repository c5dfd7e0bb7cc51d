"""The best recipe known for the same products with GDAL: VRT -> ZSTD temporary -> COG, twice; histograms; zonal statistics."""

from __future__ import annotations

import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from pathlib import Path

import rasterio

from bench import LAYERS, WARPED
from gdal import Classic, Modern
from measure import Cost, timed


def remove_statistics(folder: Path) -> None:
    """GDAL keeps histograms beside its inputs; a second run would only look them up."""
    for path in folder.glob("*.tif.aux.xml"):
        path.unlink()


class Recipe:
    """Runs it into a folder."""

    def __init__(self, gdal: Modern | Classic, inputs: Path, out: Path, warp_error: float, layers=LAYERS, warped=WARPED):
        """`layers` are files of `inputs`, the first prevailing; the last is on the grid. `warped` are those in another CRS."""
        self.gdal, self.inputs, self.out, self.warp_error = gdal, inputs, out, warp_error
        self.layers, self.warped_layers = layers, warped
        self.steps: dict[str, Cost] = {}
        with rasterio.open(self.input(layers[-1])) as raster:
            self.place, self.crs = (tuple(raster.bounds), raster.res), raster.crs.to_string()
        self.mosaic, self.provenance = out / "mosaic.tif", out / "provenance.tif"
        self.areas, self.districts = out / "areas.json", inputs / "districts.gpkg"

    def input(self, layer: str) -> Path:
        return self.inputs / f"{layer}.tif"

    def run(self, codec: str, level: int) -> Cost:
        """Everything, from nothing."""
        remove_statistics(self.inputs)
        self.out.mkdir(parents=True, exist_ok=True)
        for path in self.out.iterdir():
            path.unlink()
        self.steps = {"vrt": self.make_vrts()}
        for product in (self.mosaic, self.provenance):
            self.steps[product.stem] = self.make_cog(product, codec, level)
        self.steps["histograms"] = self.make_histograms()
        if self.districts.exists() and self.gdal.has_zones:
            self.steps["areas"] = self.zonal_statistics(self.mosaic, self.areas)
        return reduce(Cost.then, self.steps.values())

    def make_vrts(self) -> Cost:
        """The mosaic's VRT, with a warped VRT for a layer in another CRS, and the same with a table to the source's number."""
        cost = Cost()
        files = {layer: self.input(layer) for layer in self.layers}
        for layer in self.warped_layers:
            files[layer] = self.out / f"{layer}.vrt"
            cost = cost.then(timed(self.gdal.warp(self.input(layer), files[layer], self.crs, self.place, self.warp_error)))
        vrt = self.out / "mosaic.vrt"
        # The last of a VRT prevails.
        cost = cost.then(timed(self.gdal.mosaic(list(files.values())[::-1], vrt, self.place)))
        tree = xml.parse(vrt)
        for source in tree.iter("ComplexSource"):
            number = self.layers.index(Path(source.findtext("SourceFilename", "")).stem) + 1
            xml.SubElement(source, "LUT").text = f"0:0,1:{number},255:{number}"
        tree.write(self.out / "provenance.vrt")
        return cost

    def make_cog(self, product: Path, codec: str, level: int) -> Cost:
        threads = "NUM_THREADS=ALL_CPUS"
        temporary = self.out / "temporary.tif"
        to_temporary = ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=ZSTD", "ZSTD_LEVEL=1", threads]
        to_cog = [f"COMPRESS={codec}", f"LEVEL={level}", "BLOCKSIZE=512", "OVERVIEW_RESAMPLING=NEAREST", threads]
        first = timed(self.gdal.convert(product.with_suffix(".vrt"), temporary, "GTiff", to_temporary))
        second = timed(self.gdal.convert(temporary, product, "COG", to_cog))
        temporary.unlink()
        return first.then(second)

    def make_histograms(self) -> Cost:
        """Of all inputs, two at a time."""

        def histogram(layer: str) -> Cost:
            with open(self.histogram(layer), "w", encoding="utf-8") as out:
                return timed(self.gdal.histogram(self.input(layer)), out)

        start = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            costs = list(pool.map(histogram, self.layers))
        two = sum(sorted(cost.memory for cost in costs)[-2:])
        return Cost(sum(cost.cpu for cost in costs), time.perf_counter() - start, two)

    def histogram(self, layer: str) -> Path:
        return self.out / f"{layer}.json"

    def zonal_statistics(self, raster: Path, areas: Path) -> Cost:
        """Pixels by class in every district, by their centres."""
        return timed(self.gdal.zones(raster, self.districts, "did", areas))

    def outputs_size(self) -> int:
        return self.mosaic.stat().st_size + self.provenance.stat().st_size
