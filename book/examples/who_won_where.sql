-- Who holds most of each municipality in 2020. Run in the release's folder.
WITH held AS (
    SELECT territory_name AS municipality, partner_name AS partner, sum(area_ha) AS ha
    FROM 'areas.parquet' JOIN 'sources.parquet' USING (source)
    WHERE period = '2020' AND territory_kind = 'municipality' AND territory <> ''
    GROUP BY ALL
)
SELECT municipality, partner, round(ha, 1) AS ha,
       round(100 * ha / sum(ha) OVER (PARTITION BY municipality), 1) AS percent
FROM held
QUALIFY row_number() OVER (PARTITION BY municipality ORDER BY held.ha DESC) = 1
ORDER BY percent DESC;
