-- Natural vegetation lost and won by municipality, 2019 to 2020. Run in the release's folder.
WITH RECURSIVE natural_ AS (
    SELECT id FROM 'legend.csv' WHERE id IN (1, 10)
    UNION SELECT child.id FROM 'legend.csv' child JOIN natural_ ON child.parent = natural_.id
)
SELECT t.name,
       round(sum(area_ha) FILTER (class_to NOT IN (FROM natural_)), 1) AS lost_ha,
       round(coalesce(sum(area_ha) FILTER (class_from NOT IN (FROM natural_)), 0), 1) AS won_ha
FROM 'transitions.parquet' m JOIN 'territories.parquet' t ON t.kind = territory_kind AND t.key = territory
WHERE territory_kind = 'municipality' AND ((class_from IN (FROM natural_)) <> (class_to IN (FROM natural_)))
GROUP BY ALL ORDER BY lost_ha DESC NULLS LAST LIMIT 5;
