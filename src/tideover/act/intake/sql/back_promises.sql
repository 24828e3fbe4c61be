-- what: a client's promises that were made or judged on a day
-- grain: one row per promise
-- reads: arrangements_promise, portfolio_account, portfolio_party, portfolio_placement, portfolio_batch, customers_customer, customers_identity, access_user
SELECT 'P' || promise.id AS promise_number, account.number AS account_number, account.product,
    batch.number AS batch_number, customer.reference AS customer_number, identity.full_name,
    coalesce(party.role, 'borrower') AS party_role, promise.amount, promise.currency, promise.made_date,
    promise.due_date, promise.state, promise.paid_amount, promise.judged_date, collector.username AS collector
FROM arrangements_promise AS promise
JOIN portfolio_account AS account ON account.id = promise.account_id
JOIN customers_customer AS customer ON customer.id = promise.customer_id
LEFT JOIN customers_identity AS identity ON identity.customer_id = customer.id
LEFT JOIN portfolio_party AS party ON party.account_id = account.id AND party.customer_id = customer.id
LEFT JOIN LATERAL (
    SELECT placed.batch_id
    FROM portfolio_placement AS placed
    WHERE placed.account_id = account.id
    ORDER BY placed.placed_date DESC, placed.id DESC
    LIMIT 1
) AS placement ON TRUE
LEFT JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
LEFT JOIN access_user AS collector ON collector.id = promise.user_id
WHERE promise.client_id = %(client_id)s AND (promise.made_date = %(day)s OR promise.judged_date = %(day)s)
ORDER BY promise.id
