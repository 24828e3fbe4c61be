-- reads: given, portfolio_account
-- writes: portfolio_standing
-- grain: one row an account and cut-off; what was stated for a cut-off stays; of a contract that is finished or
--     not placed the client may not say how late it is
INSERT INTO portfolio_standing
    (account_id, cut_off_date, dpd, dpd_basis, next_due_date, next_due_amount, import_id)
SELECT account.id, %(cut_off_date)s::date, given.dpd, given.dpd_basis, given.next_due_date,
    given.next_due_amount, %(import_id)s
FROM given
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = given.number
WHERE given.dpd IS NOT NULL
ORDER BY account.id
ON CONFLICT (account_id, cut_off_date) DO NOTHING
