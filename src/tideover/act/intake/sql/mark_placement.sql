-- what: whether each account is new, changed against its latest stated balance and standing, or the same
-- grain: one row per good record
-- reads: intake_staged_account, portfolio_account, ledger_statedbalance, portfolio_standing
-- writes: intake_staged_state
INSERT INTO intake_staged_state (run_id, record, state)
WITH known AS (
    SELECT staged.record, account.id AS account_id
    FROM intake_staged_account AS staged
    JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
    WHERE staged.run_id = %(run_id)s
), latest AS (
    SELECT balance.account_id, balance.cut_off_date, sum(balance.amount) AS amount,
        row_number() OVER (PARTITION BY balance.account_id ORDER BY balance.cut_off_date DESC) AS place
    FROM ledger_statedbalance AS balance
    WHERE balance.account_id IN (SELECT known.account_id FROM known)
    GROUP BY balance.account_id, balance.cut_off_date
)
SELECT %(run_id)s, staged.record,
    CASE
        WHEN known.account_id IS NULL THEN 'new'
        WHEN latest.amount = staged.owed_amount
            AND standing.dpd = staged.dpd
            AND standing.next_due_date IS NOT DISTINCT FROM staged.next_due_date
            AND standing.next_due_amount IS NOT DISTINCT FROM staged.next_due_amount
            THEN 'same'
        ELSE 'changed'
    END
FROM intake_staged_account AS staged
LEFT JOIN known ON known.record = staged.record
LEFT JOIN latest ON latest.account_id = known.account_id AND latest.place = 1
LEFT JOIN portfolio_standing AS standing
    ON standing.account_id = known.account_id AND standing.cut_off_date = latest.cut_off_date
WHERE staged.run_id = %(run_id)s
