-- what: accounts gone unexplained that a file names again, in a good row or in one that was refused
-- grain: one row per account
-- reads: intake_staged_account, portfolio_account, portfolio_absence
SELECT account.id AS account_id
FROM portfolio_absence AS absence
JOIN portfolio_account AS account ON account.id = absence.account_id
WHERE account.client_id = %(client_id)s AND absence.returned_import_id IS NULL
    AND absence.cut_off_date <= %(cut_off_date)s
    AND (
        account.number = ANY (%(refused_keys)s::text[])
        OR EXISTS (
            SELECT 1 FROM intake_staged_account AS staged
            WHERE staged.run_id = %(run_id)s AND staged.number = account.number
        )
    )
