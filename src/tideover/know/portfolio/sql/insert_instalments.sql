-- reads: given
-- writes: portfolio_instalment
-- grain: one row an instalment that the account did not have; what was stated of one stays
INSERT INTO portfolio_instalment
    (account_id, number, due_date, principal_amount, interest_amount, fee_amount, import_id)
SELECT given.account_id, given.number, given.due_date, given.principal_amount, given.interest_amount,
    given.fee_amount, %(import_id)s
FROM given
ORDER BY given.account_id, given.number
ON CONFLICT (account_id, number) DO NOTHING
