-- reads: given
-- writes: portfolio_absence
-- grain: one row an account that is not absent already
INSERT INTO portfolio_absence (account_id, import_id, cut_off_date)
SELECT given.account_id, %(import_id)s, %(cut_off_date)s::date
FROM given
ORDER BY given.account_id
ON CONFLICT (account_id) WHERE returned_import_id IS NULL DO NOTHING
