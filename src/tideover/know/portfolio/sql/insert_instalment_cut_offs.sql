-- reads: given
-- writes: portfolio_instalmentcutoff
-- grain: one row an account whose instalments the file tells of
INSERT INTO portfolio_instalmentcutoff (account_id, cut_off_date, import_id)
SELECT DISTINCT given.account_id, %(cut_off_date)s::date, %(import_id)s::bigint
FROM given
ORDER BY given.account_id
ON CONFLICT (account_id, cut_off_date) DO NOTHING
