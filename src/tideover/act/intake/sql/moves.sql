-- what: balances of placed accounts that moved and no payment that we know of says why: stated now, against our books
--     at the cut-off; of a contract that is placed nowhere nobody tells us the payments
-- grain: one row per account, the largest first within a currency
-- reads: intake_staged_account, portfolio_account, portfolio_placement, ledger_expected_at
-- Where the lender's balance counts, what being late costs by the contract is no move that needs a payment.
SELECT account.id, account.number, staged.currency, owed.amount, staged.owed_amount,
    count(*) OVER () AS moves_count,
    row_number() OVER (
        PARTITION BY staged.currency ORDER BY abs(staged.owed_amount - owed.amount) DESC, account.id
    ) AS place
FROM intake_staged_account AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
JOIN ledger_expected_at(%(client_id)s, %(cut_off_at)s) AS owed ON owed.account_id = account.id
WHERE staged.run_id = %(run_id)s AND abs(staged.owed_amount - owed.amount) > owed.tolerance_amount
    AND EXISTS (
        SELECT 1 FROM portfolio_placement AS placement
        WHERE placement.account_id = account.id
            AND (placement.ended_date IS NULL OR placement.ended_date > %(cut_off_date)s)
    )
ORDER BY place, staged.currency
LIMIT 20
