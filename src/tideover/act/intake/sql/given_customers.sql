-- what: a run's customers; what the file's first row on each says
-- grain: one row per customer reference
-- reads: intake_staged_account
SELECT DISTINCT ON (staged.reference) staged.reference, staged.document_type, staged.document_number,
    staged.full_name, staged.language, staged.country, staged.region, staged.zone
FROM intake_staged_account AS staged
WHERE staged.run_id = %(run_id)s
ORDER BY staged.reference, staged.record
