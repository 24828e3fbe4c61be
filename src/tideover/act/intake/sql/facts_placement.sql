-- what: what a placement file says of each customer whose accounts are new or changed, those with one currency
--     apart from those with several, whose amounts are never added
-- grain: one row per customer
-- reads: intake_staged_account, intake_staged_state, customers_customer, portfolio_account
SELECT customer.id, jsonb_build_object(
    'import_id', %(import_id)s::bigint,
    'cut_off_date', %(cut_off_date)s::date,
    'count', count(*),
    'new_count', count(*) FILTER (WHERE judged.state = 'new'),
    'account_ids', jsonb_agg(account.id ORDER BY account.id),
    'currency', min(staged.currency),
    'amount', CASE WHEN min(staged.currency) = max(staged.currency) THEN sum(staged.owed_amount)::text END,
    'dpd_max', max(staged.dpd))
FROM intake_staged_account AS staged
JOIN intake_staged_state AS judged ON judged.run_id = staged.run_id AND judged.record = staged.record
JOIN customers_customer AS customer
    ON customer.client_id = %(client_id)s AND customer.reference = staged.reference
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
WHERE staged.run_id = %(run_id)s AND judged.state <> 'same'
GROUP BY customer.id
HAVING (min(staged.currency) = max(staged.currency)) = %(in_one_currency)s
