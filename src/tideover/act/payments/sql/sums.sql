-- what: what of the given payments is new, by currency
-- grain: one row per currency
-- reads: given, payments_payment
SELECT fresh.currency, count(*), sum(fresh.amount)
FROM (
    SELECT DISTINCT ON (given.client_id, given.reference) given.currency, given.amount
    FROM given
    WHERE NOT EXISTS (
        SELECT 1 FROM payments_payment AS kept
        WHERE kept.client_id = given.client_id AND kept.reference = given.reference
    )
    ORDER BY given.client_id, given.reference
) AS fresh
GROUP BY fresh.currency
ORDER BY fresh.currency
