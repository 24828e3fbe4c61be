-- what: what of the given failed debits is new, by currency
-- grain: one row per currency
-- reads: given, payments_faileddebit
SELECT fresh.currency, count(*), sum(fresh.amount)
FROM (
    SELECT DISTINCT ON (given.reference) given.currency, given.amount
    FROM given
    WHERE NOT EXISTS (
        SELECT 1 FROM payments_faileddebit AS kept
        WHERE kept.client_id = given.client_id AND kept.reference = given.reference
    )
    ORDER BY given.reference
) AS fresh
GROUP BY fresh.currency
ORDER BY fresh.currency
