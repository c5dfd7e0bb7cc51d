-- The five largest changes from 2019 to 2020. Run in the release's folder.
WITH legend AS (SELECT id, name FROM 'legend.csv')
SELECT coalesce(a.name, '(nothing)') AS was, coalesce(b.name, '(nothing)') AS became, round(area_ha, 1) AS ha
FROM 'transitions.parquet' LEFT JOIN legend a ON a.id = class_from LEFT JOIN legend b ON b.id = class_to
WHERE territory_kind = 'coverage' AND period_from = '2019' AND period_to = '2020' AND class_from <> class_to
ORDER BY area_ha DESC LIMIT 5;
