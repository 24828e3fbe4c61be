-- what: a run's new payments; one without a moment counts as booked at the end of the file's cut-off
-- grain: one row per payment
-- reads: intake_staged_payment, intake_staged_state, portfolio_account
SELECT account.client_id, account.id AS account_id, staged.amount, staged.currency, staged.value_date,
    coalesce(staged.booked_at, %(booked_at)s) AS booked_at, staged.reference, %(import_id)s::bigint AS import_id
FROM intake_staged_payment AS staged
JOIN intake_staged_state AS judged
    ON judged.run_id = staged.run_id AND judged.record = staged.record AND judged.state = 'new'
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s AND staged.entry = 'payment'
