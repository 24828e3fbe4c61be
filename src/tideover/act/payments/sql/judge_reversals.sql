-- what: the given reversals that cannot be entered, each with the one thing that is wrong
-- grain: one row per reversal that is refused
-- reads: given, payments_payment, payments_reversal
SELECT judged.reference, judged.reverses, judged.code, judged.told
FROM (
    SELECT given.reference, given.reverses,
        CASE
            WHEN same.id IS NOT NULL AND same.payment_id IS DISTINCT FROM payment.id THEN 'reference-taken'
            WHEN paid.id IS NOT NULL AND given.reference <> given.reverses THEN 'reference-taken'
            WHEN payment.id IS NULL AND other.id IS NOT NULL THEN 'reverses-reversal'
            WHEN payment.id IS NULL THEN 'reverses-unknown'
            WHEN payment.account_id <> given.account_id THEN 'reverses-other-account'
            WHEN payment.amount <> given.amount OR payment.currency <> given.currency THEN 'reverses-other-amount'
            WHEN given.value_date < payment.value_date THEN 'reverses-before'
            WHEN earlier.reference <> given.reference OR twin.reference IS NOT NULL THEN 'reversed-already'
        END AS code,
        coalesce(
            CASE WHEN payment.id IS NOT NULL AND same.id IS NULL THEN
                CASE
                    WHEN payment.amount <> given.amount OR payment.currency <> given.currency
                        THEN payment.currency || ' ' || trim_scale(payment.amount)
                    WHEN given.value_date < payment.value_date THEN payment.value_date::text
                    ELSE coalesce(earlier.reference, twin.reference)
                END
            END, '–') AS told
    FROM given
    LEFT JOIN payments_payment AS payment
        ON payment.client_id = given.client_id AND payment.reference = given.reverses
    LEFT JOIN payments_reversal AS same
        ON same.client_id = given.client_id AND same.reference = given.reference
    LEFT JOIN payments_payment AS paid
        ON paid.client_id = given.client_id AND paid.reference = given.reference
    LEFT JOIN payments_reversal AS other
        ON other.client_id = given.client_id AND other.reference = given.reverses
    LEFT JOIN payments_reversal AS earlier ON earlier.payment_id = payment.id
    LEFT JOIN LATERAL (
        SELECT min(double.reference) AS reference
        FROM given AS double
        WHERE double.client_id = given.client_id AND double.reverses = given.reverses
            AND double.reference <> given.reference
    ) AS twin ON TRUE
) AS judged
WHERE judged.code IS NOT NULL
ORDER BY judged.reference
