-- what: a run's stated balances
-- grain: one row per account and component
-- reads: intake_staged_balance, portfolio_account
SELECT account.id AS account_id, staged.component, staged.amount, staged.currency
FROM intake_staged_balance AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s
