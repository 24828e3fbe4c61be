-- what: the accounts on which payments were just entered
-- grain: one row per account
-- reads: payments_payment
SELECT DISTINCT payment.account_id
FROM payments_payment AS payment
WHERE payment.fact_id = %(fact_id)s
