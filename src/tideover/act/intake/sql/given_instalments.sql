-- what: a run's instalments
-- grain: one row per account and number
-- reads: intake_staged_instalment, portfolio_account
SELECT account.id AS account_id, staged.instalment_number AS number, staged.due_date, staged.principal_amount,
    staged.interest_amount, staged.fee_amount, staged.paid_amount, staged.paid_date
FROM intake_staged_instalment AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s
