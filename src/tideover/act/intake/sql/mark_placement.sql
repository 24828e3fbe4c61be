-- what: whether each account is new, changed against its latest stated balance, standing and instalments, or the same
-- grain: one row per good record
-- reads: intake_staged_account, intake_staged_instalment, portfolio_account, ledger_statedbalance, portfolio_standing, portfolio_instalment, portfolio_instalmentstanding
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
), moved AS (
    SELECT DISTINCT staged.record
    FROM intake_staged_instalment AS staged
    JOIN known ON known.record = staged.record
    LEFT JOIN portfolio_instalment AS instalment
        ON instalment.account_id = known.account_id AND instalment.number = staged.instalment_number
    LEFT JOIN (
        SELECT DISTINCT ON (standing.instalment_id) standing.instalment_id, standing.paid_amount
        FROM portfolio_instalmentstanding AS standing
        WHERE standing.instalment_id IN (
            SELECT each.id FROM portfolio_instalment AS each WHERE each.account_id IN (SELECT known.account_id FROM known)
        )
        ORDER BY standing.instalment_id, standing.cut_off_date DESC
    ) AS paid ON paid.instalment_id = instalment.id
    WHERE staged.run_id = %(run_id)s
        AND (instalment.id IS NULL OR staged.paid_amount <> coalesce(paid.paid_amount, 0))
)
SELECT %(run_id)s, staged.record,
    CASE
        WHEN known.account_id IS NULL THEN 'new'
        WHEN moved.record IS NOT NULL THEN 'changed'
        WHEN latest.amount = staged.owed_amount
            AND standing.dpd = staged.dpd
            AND standing.next_due_date IS NOT DISTINCT FROM staged.next_due_date
            AND standing.next_due_amount IS NOT DISTINCT FROM staged.next_due_amount
            THEN 'same'
        ELSE 'changed'
    END
FROM intake_staged_account AS staged
LEFT JOIN known ON known.record = staged.record
LEFT JOIN moved ON moved.record = staged.record
LEFT JOIN latest ON latest.account_id = known.account_id AND latest.place = 1
LEFT JOIN portfolio_standing AS standing
    ON standing.account_id = known.account_id AND standing.cut_off_date = latest.cut_off_date
WHERE staged.run_id = %(run_id)s
