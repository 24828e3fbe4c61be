-- reads: ledger_instalments_at
-- grain: one row an instalment of one account, in the order in which they fall due
SELECT item.number, item.due_date, item.principal_amount, item.interest_amount, item.fee_amount, item.left_amount,
    item.stated_left_amount, item.cut_off_date, item.stated_paid_date
FROM ledger_instalments_at(
    %(client_id)s::bigint, %(day)s::date, %(at)s::timestamptz, %(account_ids)s::bigint[]
) AS item
ORDER BY item.due_date, item.number
