-- what: what the files of a client's placed accounts lack on a day
-- grain: one row per item that is missing, of one party of one account
-- reads: filing_gaps_of, portfolio_account, portfolio_placement, portfolio_batch, customers_customer, customers_identity
SELECT account.number AS account_number, account.product, batch.number AS batch_number,
    customer.reference AS customer_number, identity.full_name, gap.role AS party_role, gap.item,
    %(day)s::date AS as_of_date
FROM filing_gaps_of(%(client_id)s, %(items)s::jsonb, %(day)s) AS gap
JOIN portfolio_account AS account ON account.id = gap.account_id
JOIN customers_customer AS customer ON customer.id = gap.customer_id
LEFT JOIN customers_identity AS identity ON identity.customer_id = customer.id
LEFT JOIN LATERAL (
    SELECT placed.batch_id
    FROM portfolio_placement AS placed
    WHERE placed.account_id = account.id
    ORDER BY placed.placed_date DESC, placed.id DESC
    LIMIT 1
) AS placement ON TRUE
LEFT JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
ORDER BY account.number, gap.item, gap.customer_id
