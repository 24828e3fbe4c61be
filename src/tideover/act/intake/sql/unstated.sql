-- what: how many accounts that a full file should have named are stated neither by it nor by what mends it
-- grain: one row
-- reads: portfolio_account, portfolio_placement, portfolio_standing, ledger_owed_at
SELECT count(*)
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
        WHERE standing.account_id = account.id AND standing.cut_off_date < %(cut_off_date)s
    )
    AND NOT EXISTS (
        SELECT 1 FROM portfolio_standing AS standing
        WHERE standing.account_id = account.id AND standing.cut_off_date = %(cut_off_date)s
    )
