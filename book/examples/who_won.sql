-- Whose word stands in 2020. Run in the release's folder.
SELECT coalesce(partner_name, '(nobody)') AS partner, layer, member, sum(pixels)::BIGINT AS pixels,
       round(sum(area_ha), 1) AS ha
FROM 'areas.parquet' LEFT JOIN 'sources.parquet' USING (source)
WHERE period = '2020' AND territory_kind = 'coverage'
GROUP BY ALL ORDER BY ha DESC;
