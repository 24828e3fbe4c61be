-- what: payments and their totals by currency
-- grain: one row per currency
-- reads: intake_staged_payment
SELECT staged.currency, NULL::text AS bucket, count(*), sum(staged.amount)
FROM intake_staged_payment AS staged
WHERE staged.run_id = %(run_id)s
GROUP BY staged.currency
ORDER BY staged.currency
