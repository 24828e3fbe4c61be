-- reads: given, portfolio_account
-- writes: portfolio_party
-- grain: one row an account that had no borrower
INSERT INTO portfolio_party (account_id, customer_id, role)
SELECT account.id, given.customer_id, 'borrower'
FROM given
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = given.number
ORDER BY account.id
ON CONFLICT DO NOTHING
