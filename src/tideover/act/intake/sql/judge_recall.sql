-- what: rows of a recall file that name an account that we do not have, or that was never placed with us
-- grain: one row per record and problem
-- reads: intake_staged_recall, portfolio_account, portfolio_placement
SELECT staged.record,
    CASE WHEN account.id IS NULL THEN 'account-unknown' ELSE 'never-placed' END AS code,
    'account_number' AS field, staged.number AS value, '–' AS told
FROM intake_staged_recall AS staged
LEFT JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s
    AND NOT EXISTS (SELECT 1 FROM portfolio_placement AS placement WHERE placement.account_id = account.id)
