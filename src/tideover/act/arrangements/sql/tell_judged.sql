-- what: the facts of promises that were just judged alike, one a customer
-- grain: one row per customer
-- reads: arrangements_promise
WITH told AS (
    SELECT promise.customer_id, promise.id,
        jsonb_build_object('promise_id', promise.id, 'case_id', promise.case_id, 'account_id', promise.account_id,
            'amount', trim_scale(promise.amount)::text, 'currency', promise.currency, 'due_date', promise.due_date,
            'paid_amount', trim_scale(promise.paid_amount)::text) AS body
    FROM arrangements_promise AS promise
    WHERE promise.client_id = %(client_id)s AND promise.state = 'open' AND promise.verdict = %(state)s
)
SELECT told.customer_id,
    (array_agg(told.body ORDER BY told.id))[1] || CASE
        WHEN count(*) > 1 THEN jsonb_build_object('changes', jsonb_agg(told.body ORDER BY told.id))
        ELSE '{}'::jsonb
    END
FROM told
GROUP BY told.customer_id
