-- what: where what the lender states at its latest cut-off is not what we reckon
-- grain: one row an account and kind
-- reads: ledger_breaks_at
SELECT found.account_id, found.kind, found.cut_off_date, found.currency, found.stated, found.reckoned
FROM ledger_breaks_at(
    %(client_id)s::bigint, %(day)s::date, %(at)s::timestamptz, %(account_id)s::bigint
) AS found
ORDER BY found.account_id, found.kind
