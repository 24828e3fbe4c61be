-- what: whether each recall is new, or ended a placement before
-- grain: one row per good record
-- reads: intake_staged_recall, portfolio_account, portfolio_placement
-- writes: intake_staged_state
INSERT INTO intake_staged_state (run_id, record, state)
SELECT %(run_id)s, staged.record,
    CASE
        WHEN EXISTS (
            SELECT 1 FROM portfolio_placement AS placement
            WHERE placement.account_id = account.id AND placement.ended_date IS NULL
        ) THEN 'new'
        ELSE 'same'
    END
FROM intake_staged_recall AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s
