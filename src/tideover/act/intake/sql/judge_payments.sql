-- what: rows of a payments file that do not agree with what is known already, each with one thing that is wrong;
--     what a reversal takes back may stand in the same file
-- grain: one row per record and problem
-- reads: intake_staged_payment, portfolio_account, payments_payment, payments_reversal, payments_faileddebit
WITH staged AS (
    SELECT payment.record, payment.entry, payment.number, payment.amount, payment.currency, payment.value_date,
        payment.reference, payment.reverses, account.id AS account_id, account.currency AS known_currency
    FROM intake_staged_payment AS payment
    LEFT JOIN portfolio_account AS account
        ON account.client_id = %(client_id)s AND account.number = payment.number
    WHERE payment.run_id = %(run_id)s
), targets AS (
    SELECT payment.reference, payment.account_id, payment.amount, payment.currency, payment.value_date
    FROM payments_payment AS payment
    WHERE payment.client_id = %(client_id)s
        AND payment.reference IN (SELECT staged.reverses FROM staged WHERE staged.entry = 'reversal')
    UNION ALL
    SELECT staged.reference, staged.account_id, staged.amount, staged.currency, staged.value_date
    FROM staged
    WHERE staged.entry = 'payment' AND NOT EXISTS (
        SELECT 1 FROM payments_payment AS known
        WHERE known.client_id = %(client_id)s AND known.reference = staged.reference
    ) AND NOT EXISTS (
        SELECT 1 FROM payments_reversal AS known
        WHERE known.client_id = %(client_id)s AND known.reference = staged.reference
    )
), taken AS (
    SELECT staged.reverses, min(staged.reference) AS first_reference, count(*) AS count
    FROM staged
    WHERE staged.entry = 'reversal'
    GROUP BY staged.reverses
), reversals AS (
    SELECT staged.record, staged.reference, staged.reverses,
        CASE
            WHEN target.reference IS NULL AND (other.id IS NOT NULL OR EXISTS (
                SELECT 1 FROM staged AS twin
                WHERE twin.entry = 'reversal' AND twin.reference = staged.reverses
            )) THEN 'reverses-reversal'
            WHEN target.reference IS NULL THEN 'reverses-unknown'
            WHEN target.account_id <> staged.account_id THEN 'reverses-other-account'
            WHEN target.amount <> staged.amount OR target.currency <> staged.currency THEN 'reverses-other-amount'
            WHEN staged.value_date < target.value_date THEN 'reverses-before'
            WHEN earlier.reference <> staged.reference OR taken.count > 1 THEN 'reversed-already'
        END AS code,
        CASE
            WHEN target.amount <> staged.amount OR target.currency <> staged.currency
                THEN concat(target.currency, ' ', to_char(target.amount, 'FM999999999999990.00##'))
            WHEN staged.value_date < target.value_date THEN target.value_date::text
            ELSE coalesce(earlier.reference, CASE WHEN taken.count > 1 THEN taken.first_reference END, '–')
        END AS told
    FROM staged
    JOIN taken ON taken.reverses = staged.reverses
    LEFT JOIN targets AS target ON target.reference = staged.reverses
    LEFT JOIN payments_reversal AS other
        ON other.client_id = %(client_id)s AND other.reference = staged.reverses
    LEFT JOIN payments_payment AS payment
        ON payment.client_id = %(client_id)s AND payment.reference = staged.reverses
    LEFT JOIN payments_reversal AS earlier ON earlier.payment_id = payment.id
    WHERE staged.entry = 'reversal'
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
WHERE staged.entry = 'payment' AND (
    payment.account_id <> staged.account_id
    OR payment.amount <> staged.amount
    OR payment.currency <> staged.currency
    OR payment.value_date <> staged.value_date
)
UNION ALL
SELECT staged.record, 'reference-used', 'reference', staged.reference, known.value_date::text
FROM staged
JOIN payments_reversal AS known
    ON known.client_id = %(client_id)s AND known.reference = staged.reference
JOIN payments_payment AS payment ON payment.id = known.payment_id
WHERE staged.entry = 'reversal' AND payment.reference <> staged.reverses
UNION ALL
SELECT staged.record, 'reference-used', 'reference', staged.reference, known.tried_date::text
FROM staged
JOIN payments_faileddebit AS known
    ON known.client_id = %(client_id)s AND known.reference = staged.reference
WHERE staged.entry = 'failed-debit' AND (
    known.account_id <> staged.account_id OR known.amount <> staged.amount OR known.currency <> staged.currency
)
UNION ALL
SELECT staged.record, 'reference-used', 'reference', staged.reference, payment.value_date::text
FROM staged
JOIN payments_payment AS payment
    ON payment.client_id = %(client_id)s AND payment.reference = staged.reference
WHERE staged.entry = 'reversal' AND staged.reverses <> staged.reference
UNION ALL
SELECT staged.record, 'reference-used', 'reference', staged.reference, known.value_date::text
FROM staged
JOIN payments_reversal AS known
    ON known.client_id = %(client_id)s AND known.reference = staged.reference
JOIN payments_payment AS payment ON payment.id = known.payment_id
WHERE staged.entry = 'payment' AND payment.reference <> staged.reference
UNION ALL
SELECT reversals.record, reversals.code, 'reverses', reversals.reverses, reversals.told
FROM reversals
WHERE reversals.code IS NOT NULL
