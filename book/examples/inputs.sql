-- Which bytes speak for whom in 2020. Run in the release's folder.
SELECT layer, member, parse_filename(path) AS file, band, bytes,
       split_part(treatment, ',', 1) AS treatment
FROM 'inputs.parquet' JOIN 'sources.parquet' USING (source)
WHERE period = '2020' ORDER BY source;
