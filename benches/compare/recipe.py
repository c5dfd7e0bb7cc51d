"""The best recipe known for the same products with GDAL 3.12: VRT -> ZSTD temporary -> COG, twice; histograms; zonal statistics."""

from __future__ import annotations

import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from pathlib import Path

import rasterio

from bench import LAYERS, WARPED
from measure import Cost, timed


def remove_statistics(folder: Path) -> None:
    """GDAL keeps histograms beside its inputs; a second run would only look them up."""
    for path in folder.glob("*.tif.aux.xml"):
        path.unlink()


class Recipe:
    """Runs it into a folder."""

    def __init__(self, gdal: Path, inputs: Path, out: Path, warp_error: float, layers=LAYERS, warped=WARPED):
        """`layers` are files of `inputs`, the first prevailing; the last is on the grid."""
        self.gdal, self.inputs, self.out, self.warp_error = gdal, inputs, out, warp_error
        self.layers, self.warped_layers = layers, warped
        self.steps: dict[str, Cost] = {}
        with rasterio.open(inputs / f"{layers[-1]}.tif") as raster:
            self.bounds, self.crs, self.resolution = raster.bounds, raster.crs.to_string(), raster.res
        self.mosaic, self.provenance = out / "mosaic.tif", out / "provenance.tif"
        self.areas = out / "areas.json"

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
        if (self.inputs / "districts.gpkg").exists():
            self.steps["areas"] = self.zonal_statistics(self.mosaic, self.areas)
        return reduce(Cost.then, self.steps.values())

    def grid_options(self) -> list:
        return ["--bbox", ",".join(map(repr, self.bounds)), "--resolution", ",".join(map(repr, self.resolution))]

    def warped(self, layer: str) -> Path:
        return self.out / f"{layer}.vrt"

    def make_vrts(self) -> Cost:
        """The mosaic's VRT, with a warped VRT for a layer in another CRS, and the same with a table to the source's number."""
        cost = Cost()
        for layer in self.warped_layers:
            command = [self.gdal, "raster", "reproject", "--of", "VRT", "--dst-crs", self.crs, *self.grid_options()]
            command += ["-r", "nearest", "--et", self.warp_error, self.inputs / f"{layer}.tif", self.warped(layer)]
            cost = cost.then(timed(command))
        # The last of a VRT prevails.
        files = [self.warped(layer) if layer in self.warped_layers else self.inputs / f"{layer}.tif" for layer in reversed(self.layers)]
        vrt = self.out / "mosaic.vrt"
        command = [self.gdal, "raster", "mosaic", "--of", "VRT", "--src-nodata", 0, "--dst-nodata", 0]
        cost = cost.then(timed([*command, *self.grid_options(), *files, vrt]))
        tree = xml.parse(vrt)
        for source in tree.iter("ComplexSource"):
            number = self.layers.index(Path(source.findtext("SourceFilename", "")).stem) + 1
            xml.SubElement(source, "LUT").text = f"0:0,1:{number},255:{number}"
        tree.write(self.out / "provenance.vrt")
        return cost

    def make_cog(self, product: Path, codec: str, level: int) -> Cost:
        convert = [self.gdal, "raster", "convert", "--overwrite", "--co", "NUM_THREADS=ALL_CPUS"]
        temporary = self.out / "temporary.tif"
        to_temporary = [*options("TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=ZSTD", "ZSTD_LEVEL=1")]
        to_cog = options(f"COMPRESS={codec}", f"LEVEL={level}", "BLOCKSIZE=512", "OVERVIEW_RESAMPLING=NEAREST")
        first = timed([*convert, *to_temporary, product.with_suffix(".vrt"), temporary])
        second = timed([*convert, "--of", "COG", *to_cog, temporary, product])
        temporary.unlink()
        return first.then(second)

    def make_histograms(self) -> Cost:
        """Of all inputs, two at a time."""

        def histogram(layer: str) -> Cost:
            with open(self.histogram(layer), "w", encoding="utf-8") as out:
                return timed([self.gdal, "raster", "info", "--hist", self.inputs / f"{layer}.tif"], out)

        start = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            costs = list(pool.map(histogram, self.layers))
        two = sum(sorted(cost.memory for cost in costs)[-2:])
        return Cost(sum(cost.cpu for cost in costs), time.perf_counter() - start, two)

    def histogram(self, layer: str) -> Path:
        return self.out / f"{layer}.json"

    def zonal_statistics(self, raster: Path, areas: Path) -> Cost:
        """Pixels by class in every district, by their centres."""
        statistics = ["--stat", "unique", "--stat", "frac", "--stat", "count", "--include-field", "did"]
        command = [self.gdal, "raster", "zonal-stats", "--zones", self.inputs / "districts.gpkg", *statistics]
        return timed([*command, "--strategy", "feature", "-f", "GeoJSON", "--overwrite", raster, areas])

    def outputs_size(self) -> int:
        return self.mosaic.stat().st_size + self.provenance.stat().st_size


def options(*creation: str) -> list[str]:
    return [word for option in creation for word in ("--co", option)]
