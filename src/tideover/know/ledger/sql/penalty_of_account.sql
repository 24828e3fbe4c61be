-- reads: ledger_penalty_at
-- grain: one row a period in which one account's overdue principal stood unchanged since the cut-off
SELECT late.from_date, late.until_date, late.base_amount, late.year_rate, late.days_of_year, late.amount
FROM ledger_penalty_at(
    %(client_id)s::bigint, %(day)s::date, %(at)s::timestamptz, %(account_ids)s::bigint[], NULL::varchar
) AS late
ORDER BY late.from_date
