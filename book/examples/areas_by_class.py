"""Areas by class and period: python areas_by_class.py [RELEASE]"""

import sys

import pandas

release = sys.argv[1] if len(sys.argv) > 1 else "out/arauna/2026.1"
areas = pandas.read_parquet(f"{release}/areas.parquet")
names = pandas.read_csv(f"{release}/legend.csv", index_col="id")["name"]

whole = areas[areas.territory_kind == "coverage"]
table = whole.pivot_table(index="class", columns="period", values="area_ha", aggfunc="sum", fill_value=0)
table.insert(0, "name", [names.get(number, "(nothing)") for number in table.index])
print(table.round(1).to_string())
