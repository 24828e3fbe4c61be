-- what: the first given payment that its account cannot take: another client's, another currency, or of no amount
-- grain: one row at most
-- reads: given, portfolio_account
SELECT given.reference, given.currency, given.amount, account.currency AS wanted
FROM given
LEFT JOIN portfolio_account AS account ON account.id = given.account_id AND account.client_id = %(client_id)s
WHERE account.id IS NULL OR account.currency <> given.currency OR given.amount <= 0
ORDER BY given.reference
LIMIT 1
