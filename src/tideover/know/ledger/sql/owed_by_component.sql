-- reads: ledger_movements_at
-- grain: one row a component of one account: stated at the latest cut-off; fallen due, accrued, paid, reversed since
SELECT movement.component, movement.currency,
    coalesce(sum(movement.amount) FILTER (WHERE movement.kind = 'stated'), 0),
    coalesce(sum(movement.amount) FILTER (WHERE movement.kind = 'fell-due'), 0),
    coalesce(sum(movement.amount) FILTER (WHERE movement.kind = 'accrued'), 0),
    coalesce(sum(movement.amount) FILTER (WHERE movement.kind = 'payment'), 0),
    coalesce(sum(movement.amount) FILTER (WHERE movement.kind = 'reversal'), 0),
    max(movement.cut_off_date), max(movement.cut_off_at)
FROM ledger_movements_at(
    %(client_id)s::bigint, %(day)s::date, %(at)s::timestamptz, %(account_ids)s::bigint[]
) AS movement
GROUP BY movement.component, movement.currency
ORDER BY movement.component
