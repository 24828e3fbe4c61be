-- what: where what the lender states at its latest cut-off is not what we reckon
-- grain: one row an account and kind
-- reads: ledger_breaks_at, ledger_total_breaks_at
SELECT found.account_id, found.kind, found.cut_off_date, found.currency, found.stated, found.reckoned
FROM ledger_breaks_at(
    %(client_id)s::bigint, %(day)s::date, %(at)s::timestamptz, %(account_ids)s::bigint[]
) AS found
UNION ALL
SELECT total.account_id, total.kind, total.cut_off_date, total.currency, total.stated, total.reckoned
FROM ledger_total_breaks_at(%(client_id)s::bigint, %(at)s::timestamptz, %(account_ids)s::bigint[]) AS total
ORDER BY account_id, kind
