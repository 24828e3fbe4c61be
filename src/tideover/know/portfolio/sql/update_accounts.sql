-- reads: given
-- writes: portfolio_account
-- grain: one row an account whose limit, opening date or rate the file states otherwise; a silent file changes nothing
UPDATE portfolio_account AS account
SET credit_limit_amount = coalesce(given.credit_limit_amount, account.credit_limit_amount),
    opened_date = coalesce(given.opened_date, account.opened_date),
    annual_rate = coalesce(given.annual_rate, account.annual_rate)
FROM given
WHERE account.client_id = %(client_id)s
    AND account.number = given.number
    AND (
        given.credit_limit_amount <> account.credit_limit_amount
        OR given.opened_date <> account.opened_date
        OR (given.credit_limit_amount IS NOT NULL AND account.credit_limit_amount IS NULL)
        OR (given.opened_date IS NOT NULL AND account.opened_date IS NULL)
        OR (given.annual_rate IS NOT NULL AND given.annual_rate IS DISTINCT FROM account.annual_rate)
    )
