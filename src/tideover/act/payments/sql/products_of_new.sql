-- what: the products on which payments were just entered
-- grain: one row per product
-- reads: payments_payment, portfolio_account
SELECT DISTINCT account.product
FROM payments_payment AS payment
JOIN portfolio_account AS account ON account.id = payment.account_id
WHERE payment.fact_id = %(fact_id)s
