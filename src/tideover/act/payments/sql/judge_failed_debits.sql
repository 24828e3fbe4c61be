-- what: the first given failed debit that cannot be recorded
-- grain: one row at most
-- reads: given, portfolio_account, payments_faileddebit
SELECT given.reference, given.currency, given.amount, account.currency AS wanted,
    kept.id IS NOT NULL AS is_taken
FROM given
LEFT JOIN portfolio_account AS account ON account.id = given.account_id AND account.client_id = %(client_id)s
LEFT JOIN payments_faileddebit AS kept ON kept.client_id = %(client_id)s AND kept.reference = given.reference
    AND (kept.account_id <> given.account_id OR kept.amount <> given.amount OR kept.currency <> given.currency)
WHERE account.id IS NULL OR account.currency <> given.currency OR given.amount <= 0 OR kept.id IS NOT NULL
ORDER BY given.reference
LIMIT 1
