-- what: the accounts whose work ended on the day and that are in no open case, for the archive
-- grain: one row an account
-- reads: cases_case, cases_caseaccount, portfolio_account
SELECT former.account_id, account.product, %(day)s::date AS closed_date
FROM cases_caseaccount AS former
JOIN cases_case ON cases_case.id = former.case_id
JOIN portfolio_account AS account ON account.id = former.account_id
WHERE cases_case.client_id = %(client_id)s AND former.left_date = %(day)s
    AND NOT EXISTS (
        SELECT 1 FROM cases_caseaccount AS present
        WHERE present.account_id = former.account_id AND present.left_date IS NULL
    )
