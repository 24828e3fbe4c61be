-- what: a run's new recalls: the accounts whose placements end, with the cause
-- grain: one row per account
-- reads: intake_staged_recall, intake_staged_state, portfolio_account
SELECT account.id AS account_id, staged.cause
FROM intake_staged_recall AS staged
JOIN intake_staged_state AS judged
    ON judged.run_id = staged.run_id AND judged.record = staged.record AND judged.state = 'new'
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s
