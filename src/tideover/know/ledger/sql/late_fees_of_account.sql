-- reads: ledger_late_fees_at
-- grain: one row an instalment of one account for which a late fee is charged since the cut-off
SELECT fee.number, fee.charged_date, fee.amount
FROM ledger_late_fees_at(
    %(client_id)s::bigint, %(day)s::date, %(at)s::timestamptz, %(account_ids)s::bigint[], NULL::varchar
) AS fee
ORDER BY fee.charged_date, fee.number
