-- what: instalments that are stated otherwise than we know them, or that a file which has the account's leaves out
-- grain: one row per instalment
-- reads: intake_staged_instalment, portfolio_account, portfolio_instalment
SELECT account.number || ' / ' || known.number,
    CASE
        WHEN staged.record IS NULL THEN '–'
        ELSE concat(staged.due_date, ' ', to_char(staged.principal_amount, 'FM999999999990.00'), ' + ',
            to_char(staged.interest_amount, 'FM999999999990.00'), ' + ', to_char(staged.fee_amount, 'FM999999999990.00'))
    END,
    concat(known.due_date, ' ', to_char(known.principal_amount, 'FM999999999990.00'), ' + ',
        to_char(known.interest_amount, 'FM999999999990.00'), ' + ', to_char(known.fee_amount, 'FM999999999990.00')),
    count(*) OVER ()
FROM portfolio_account AS account
JOIN portfolio_instalment AS known ON known.account_id = account.id
LEFT JOIN intake_staged_instalment AS staged
    ON staged.run_id = %(run_id)s AND staged.number = account.number AND staged.instalment_number = known.number
WHERE account.client_id = %(client_id)s
    AND account.number IN (
        SELECT told.number FROM intake_staged_instalment AS told WHERE told.run_id = %(run_id)s
    )
    AND (
        staged.record IS NULL
        OR (staged.due_date, staged.principal_amount, staged.interest_amount, staged.fee_amount)
            IS DISTINCT FROM (known.due_date, known.principal_amount, known.interest_amount, known.fee_amount)
    )
ORDER BY account.number, known.number
LIMIT 20
