-- what: the facts of the payments that were just entered, one a customer
-- grain: one row per customer
-- reads: payments_payment, portfolio_party
WITH told AS (
    SELECT party.customer_id, payment.id,
        jsonb_build_object('payment_id', payment.id, 'account_id', payment.account_id,
            'amount', trim_scale(payment.amount)::text, 'currency', payment.currency,
            'value_date', payment.value_date, 'source', payment.source, 'batch_fact_id', payment.fact_id) AS body
    FROM payments_payment AS payment
    JOIN portfolio_party AS party ON party.account_id = payment.account_id AND party.role = 'borrower'
    WHERE payment.fact_id = %(fact_id)s
)
SELECT told.customer_id,
    (array_agg(told.body ORDER BY told.id))[1] || CASE
        WHEN count(*) > 1 THEN jsonb_build_object('changes', jsonb_agg(told.body ORDER BY told.id))
        ELSE '{}'::jsonb
    END
FROM told
GROUP BY told.customer_id
