-- what: a run's accounts with the customers they belong to
-- grain: one row per account
-- reads: intake_staged_account, customers_customer
SELECT staged.number, staged.product, staged.currency, staged.credit_limit_amount, staged.opened_date,
    staged.annual_rate, customer.id AS customer_id, coalesce(staged.batch_number, %(default_batch_number)s) AS batch_number,
    staged.batch_number IS NOT NULL AS batch_is_named, staged.is_placed,
    staged.batch_from_date, staged.batch_until_date,
    staged.batch_target_amount,
    CASE WHEN staged.batch_target_amount IS NOT NULL THEN staged.currency END AS batch_currency,
    staged.batch_commission_share, staged.batch_retain_share_max,
    staged.owed_amount AS placed_amount, staged.dpd, staged.dpd_basis, staged.next_due_date, staged.next_due_amount
FROM intake_staged_account AS staged
JOIN customers_customer AS customer
    ON customer.client_id = %(client_id)s AND customer.reference = staged.reference
WHERE staged.run_id = %(run_id)s
