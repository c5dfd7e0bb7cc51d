"""Whose word stands, and by which rule: python who_won.py [RELEASE] [PERIOD]"""

import sys

import pandas

release = sys.argv[1] if len(sys.argv) > 1 else "out/arauna/2026.1"
period = sys.argv[2] if len(sys.argv) > 2 else "2020"
areas = pandas.read_parquet(f"{release}/areas.parquet")
sources = pandas.read_parquet(f"{release}/sources.parquet")

whole = areas[(areas.territory_kind == "coverage") & (areas.period == period)]
won = whole.groupby(["source", "rule"], as_index=False).area_ha.sum()
# Source 0 is a gap: it has no row in sources.parquet.
won = won.merge(sources[["source", "layer", "member", "partner_name"]], on="source", how="left")
won = won.sort_values("area_ha", ascending=False).fillna("-")
print(won[["partner_name", "layer", "member", "rule", "area_ha"]].round(1).to_string(index=False))
