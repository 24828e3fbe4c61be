-- what: what was paid on a run's new accounts before we knew them; how it was split is not known
-- grain: one row per account and payment
-- reads: intake_staged_history, intake_staged_state, portfolio_account
SELECT account.id AS account_id, 'as-stated' AS component, staged.amount, staged.currency, staged.value_date,
    ((staged.value_date + 1)::timestamp AT TIME ZONE %(zone)s) AS booked_at, staged.reference
FROM intake_staged_history AS staged
JOIN intake_staged_state AS judged
    ON judged.run_id = staged.run_id AND judged.record = staged.record AND judged.state = 'new'
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s AND staged.basis = %(basis)s
