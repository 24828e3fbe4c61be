-- what: rows of a payments file that do not agree with what is known already, each with one thing that is wrong
-- grain: one row per record and problem
-- reads: intake_staged_payment, portfolio_account, payments_payment
WITH staged AS (
    SELECT payment.record, payment.number, payment.amount, payment.currency, payment.value_date, payment.reference,
        account.id AS account_id, account.currency AS known_currency
    FROM intake_staged_payment AS payment
    LEFT JOIN portfolio_account AS account
        ON account.client_id = %(client_id)s AND account.number = payment.number
    WHERE payment.run_id = %(run_id)s
)
SELECT staged.record, 'account-unknown' AS code, 'account_number' AS field, staged.number AS value, '–' AS told
FROM staged
WHERE staged.account_id IS NULL
UNION ALL
SELECT staged.record, 'currency-changed', 'currency', staged.currency, staged.known_currency
FROM staged
WHERE staged.currency <> staged.known_currency
UNION ALL
SELECT staged.record, 'reference-used', 'reference', staged.reference, payment.value_date::text
FROM staged
JOIN payments_payment AS payment
    ON payment.client_id = %(client_id)s AND payment.reference = staged.reference
WHERE payment.account_id <> staged.account_id
    OR payment.amount <> staged.amount
    OR payment.currency <> staged.currency
    OR payment.value_date <> staged.value_date
