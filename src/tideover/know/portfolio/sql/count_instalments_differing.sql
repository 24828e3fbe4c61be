-- what: instalments that the file states otherwise than they were first stated
-- grain: one row
-- reads: given, portfolio_instalment
SELECT count(*)
FROM given
JOIN portfolio_instalment AS known ON known.account_id = given.account_id AND known.number = given.number
WHERE (known.due_date, known.principal_amount, known.interest_amount, known.fee_amount)
    IS DISTINCT FROM (given.due_date, given.principal_amount, given.interest_amount, given.fee_amount)
