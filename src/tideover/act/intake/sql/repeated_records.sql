-- what: records of a mending whose account was stated for the same day before: they are counted already
-- grain: one row per record
-- reads: intake_staged_account, portfolio_account, portfolio_standing
SELECT staged.record
FROM intake_staged_account AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
JOIN portfolio_standing AS standing
    ON standing.account_id = account.id AND standing.cut_off_date = %(cut_off_date)s
WHERE staged.run_id = %(run_id)s
