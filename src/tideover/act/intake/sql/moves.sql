-- what: balances that moved and no payment that we know of says why: stated now, against our books at the cut-off
-- grain: one row per account, the largest first within a currency
-- reads: intake_staged_account, portfolio_account, ledger_owed_at
SELECT account.id, account.number, staged.currency, owed.owed_amount, staged.owed_amount,
    count(*) OVER () AS moves_count,
    row_number() OVER (
        PARTITION BY staged.currency ORDER BY abs(staged.owed_amount - owed.owed_amount) DESC, account.id
    ) AS place
FROM intake_staged_account AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
JOIN ledger_owed_at(%(client_id)s, %(cut_off_at)s) AS owed ON owed.account_id = account.id
WHERE staged.run_id = %(run_id)s AND staged.owed_amount <> owed.owed_amount
ORDER BY place, staged.currency
LIMIT 20
