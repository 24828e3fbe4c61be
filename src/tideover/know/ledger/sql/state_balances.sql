-- reads: given
-- writes: ledger_statedbalance
-- grain: one row an account, cut-off and component; what was stated for a cut-off stays
INSERT INTO ledger_statedbalance
    (account_id, cut_off_date, component, amount, currency, cut_off_at, import_id)
SELECT given.account_id, %(cut_off_date)s::date, given.component, given.amount, given.currency,
    %(cut_off_at)s::timestamptz, %(import_id)s
FROM given
ORDER BY given.account_id, given.component
ON CONFLICT (account_id, cut_off_date, component) DO NOTHING
