-- Areas by class and period. Run in the release's folder.
PIVOT (
    SELECT class, coalesce(name, '(nothing)') AS name, period, area_ha
    FROM 'areas.parquet' LEFT JOIN (SELECT id, name FROM 'legend.csv') ON id = class
    WHERE territory_kind = 'coverage'
)
ON period USING round(sum(area_ha), 1) GROUP BY class, name ORDER BY class;
