-- what: a run's customers; what the file's first row on each says, as borrower before as anything else
-- grain: one row per customer reference
-- reads: intake_staged_account, intake_staged_party
SELECT DISTINCT ON (staged.reference) staged.reference, staged.document_type, staged.document_number,
    staged.full_name, staged.language, staged.country, staged.region, staged.zone
FROM (
    SELECT borrower.reference, borrower.document_type, borrower.document_number, borrower.full_name,
        borrower.language, borrower.country, borrower.region, borrower.zone, borrower.record, 1 AS place
    FROM intake_staged_account AS borrower
    WHERE borrower.run_id = %(run_id)s
    UNION ALL
    SELECT party.reference, party.document_type, party.document_number, party.full_name,
        party.language, party.country, party.region, party.zone, party.record, 2 AS place
    FROM intake_staged_party AS party
    WHERE party.run_id = %(run_id)s
) AS staged
ORDER BY staged.reference, staged.place, staged.record
