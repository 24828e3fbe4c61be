-- what: a run's co-borrowers and guarantors
-- grain: one row per account, customer and role
-- reads: intake_staged_party, portfolio_account, customers_customer
SELECT DISTINCT account.id AS account_id, customer.id AS customer_id, staged.role
FROM intake_staged_party AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
JOIN customers_customer AS customer
    ON customer.client_id = %(client_id)s AND customer.reference = staged.reference
WHERE staged.run_id = %(run_id)s
