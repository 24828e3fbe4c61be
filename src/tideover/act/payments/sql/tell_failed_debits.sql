-- what: the facts of the failed debits that were just recorded, one a customer
-- grain: one row per customer
-- reads: payments_faileddebit, portfolio_party
WITH told AS (
    SELECT party.customer_id, failed.id,
        jsonb_build_object('failed_debit_id', failed.id, 'account_id', failed.account_id,
            'amount', trim_scale(failed.amount)::text, 'currency', failed.currency,
            'tried_date', failed.tried_date, 'cause', failed.cause, 'source', failed.source,
            'batch_fact_id', failed.fact_id) AS body
    FROM payments_faileddebit AS failed
    JOIN portfolio_party AS party ON party.account_id = failed.account_id AND party.role = 'borrower'
    WHERE failed.fact_id = %(debit_fact_id)s
)
SELECT told.customer_id,
    (array_agg(told.body ORDER BY told.id))[1] || CASE
        WHEN count(*) > 1 THEN jsonb_build_object('changes', jsonb_agg(told.body ORDER BY told.id))
        ELSE '{}'::jsonb
    END
FROM told
GROUP BY told.customer_id
