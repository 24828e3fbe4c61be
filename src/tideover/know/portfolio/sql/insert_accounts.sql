-- reads: given
-- writes: portfolio_account
-- grain: one row an account that the client did not have
INSERT INTO portfolio_account (client_id, number, product, currency, credit_limit_amount, opened_date, annual_rate)
SELECT %(client_id)s, given.number, given.product, given.currency, given.credit_limit_amount, given.opened_date,
    given.annual_rate
FROM given
ORDER BY given.number
ON CONFLICT (client_id, number) DO NOTHING
