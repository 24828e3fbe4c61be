-- what: the facts of the reversals that were just entered, one a customer
-- grain: one row per customer
-- reads: payments_reversal, payments_payment, portfolio_party
WITH told AS (
    SELECT party.customer_id, reversal.id,
        jsonb_build_object('reversal_id', reversal.id, 'payment_id', reversal.payment_id,
            'account_id', reversal.account_id, 'amount', trim_scale(reversal.amount)::text,
            'currency', reversal.currency, 'value_date', reversal.value_date, 'paid_date', payment.value_date,
            'cause', reversal.cause, 'followed', reversal.followed, 'source', reversal.source,
            'batch_fact_id', reversal.fact_id) AS body
    FROM payments_reversal AS reversal
    JOIN payments_payment AS payment ON payment.id = reversal.payment_id
    JOIN portfolio_party AS party ON party.account_id = reversal.account_id AND party.role = 'borrower'
    WHERE reversal.fact_id = %(reversal_fact_id)s
)
SELECT told.customer_id,
    (array_agg(told.body ORDER BY told.id))[1] || CASE
        WHEN count(*) > 1 THEN jsonb_build_object('changes', jsonb_agg(told.body ORDER BY told.id))
        ELSE '{}'::jsonb
    END
FROM told
GROUP BY told.customer_id
