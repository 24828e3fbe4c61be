-- reads: given
-- writes: filing_archived
-- grain: one row an account whose work ended
INSERT INTO filing_archived (account_id, client_id, closed_date, keep_until_date, policy_version)
SELECT given.account_id, %(client_id)s, given.closed_date,
    CAST(given.closed_date + make_interval(years => terms.keep_years) AS date), terms.version
FROM given
JOIN jsonb_to_recordset(%(terms)s::jsonb) AS terms (product text, keep_years integer, version text)
    ON terms.product = given.product
ORDER BY given.account_id
ON CONFLICT (account_id, closed_date) DO NOTHING
