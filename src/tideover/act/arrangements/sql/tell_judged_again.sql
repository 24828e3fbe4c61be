-- what: the facts of promises that were just judged again, one a customer
-- grain: one row per customer
-- reads: arrangements_judgement, arrangements_promise
WITH told AS (
    SELECT promise.customer_id, judgement.id,
        jsonb_build_object('promise_id', promise.id, 'case_id', promise.case_id, 'account_id', promise.account_id,
            'amount', trim_scale(promise.amount)::text, 'currency', promise.currency, 'due_date', promise.due_date,
            'paid_amount', trim_scale(judgement.paid_amount)::text, 'state_from', judgement.state_from,
            'state_to', judgement.state_to, 'cause', judgement.cause) AS body
    FROM arrangements_judgement AS judgement
    JOIN arrangements_promise AS promise ON promise.id = judgement.promise_id
    WHERE judgement.id > %(after_id)s AND promise.client_id = %(client_id)s
)
SELECT told.customer_id,
    (array_agg(told.body ORDER BY told.id))[1] || CASE
        WHEN count(*) > 1 THEN jsonb_build_object('changes', jsonb_agg(told.body ORDER BY told.id))
        ELSE '{}'::jsonb
    END
FROM told
GROUP BY told.customer_id
