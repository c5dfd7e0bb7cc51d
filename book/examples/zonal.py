"""Pasture by municipality, and one's own polygon: python zonal.py [RELEASE]"""

import sys

import geopandas
import pandas
import rasterio
import rasterio.mask
from shapely.geometry import box

release = sys.argv[1] if len(sys.argv) > 1 else "out/arauna/2026.1"

# Territories of the release are counted already, with true areas.
areas = pandas.read_parquet(f"{release}/areas.parquet")
pasture = areas[(areas.period == "2020") & (areas.territory_kind == "municipality") & (areas["class"] == 15)]
pasture = pasture.groupby("territory").area_ha.sum().rename("pasture_ha")
territories = geopandas.read_parquet(f"{release}/territories.parquet")
municipalities = territories[territories.kind == "municipality"].set_index("key").join(pasture)
largest = municipalities.sort_values("pasture_ha", ascending=False).head(3)
print(largest[["name", "pasture_ha"]].round(1).to_string())

# A polygon of one's own, in the coverage's CRS: count its pixels. A pixel belongs where its centre lies.
mine = box(609000, 195000, 612000, 198000)
with rasterio.open(f"{release}/coverage/2020.tif") as coverage:
    cut, _ = rasterio.mask.mask(coverage, [mine], crop=True, all_touched=False)
print(f"\nmy polygon: {(cut == 15).sum():,} of {cut.size:,} pixels are pasture")
