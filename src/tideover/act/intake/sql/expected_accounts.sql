-- what: accounts that a full file should name (placed, known by its cut-off, owing by our books, not gone already),
--     and whether it does, in a good row or in one that was refused
-- grain: one row per account
-- reads: intake_staged_account, portfolio_account, portfolio_placement, portfolio_standing, portfolio_absence, ledger_owed_at
SELECT account.id AS account_id,
    NOT EXISTS (
        SELECT 1 FROM intake_staged_account AS staged
        WHERE staged.run_id = %(run_id)s AND staged.number = account.number
    ) AND account.number <> ALL (%(refused_keys)s::text[]) AS is_gone
FROM ledger_owed_at(%(client_id)s, %(cut_off_at)s) AS owed
JOIN portfolio_account AS account ON account.id = owed.account_id
WHERE owed.owed_amount > 0
    AND EXISTS (
        SELECT 1 FROM portfolio_placement AS placement
        WHERE placement.account_id = account.id
            AND (placement.ended_date IS NULL OR placement.ended_date > %(cut_off_date)s)
    )
    AND EXISTS (
        SELECT 1 FROM portfolio_standing AS standing
        WHERE standing.account_id = account.id AND standing.cut_off_date <= %(cut_off_date)s
    )
    AND NOT EXISTS (
        SELECT 1 FROM portfolio_absence AS absence
        WHERE absence.account_id = account.id AND absence.returned_import_id IS NULL
    )
