-- what: what of the given reversals is new, by currency
-- grain: one row per currency
-- reads: given, payments_payment, payments_reversal
SELECT fresh.currency, count(*), sum(fresh.amount)
FROM (
    SELECT DISTINCT payment.id, payment.currency, payment.amount
    FROM given
    JOIN payments_payment AS payment ON payment.client_id = given.client_id AND payment.reference = given.reverses
    WHERE NOT EXISTS (SELECT 1 FROM payments_reversal AS known WHERE known.payment_id = payment.id)
) AS fresh
GROUP BY fresh.currency
ORDER BY fresh.currency
