-- what: batches with what was placed in them, by currency
-- grain: one row a batch and currency; a batch in which nothing is has one row
-- reads: portfolio_batch, portfolio_placement, portfolio_account
SELECT batch.id, account.currency, count(placement.id), sum(placement.placed_amount),
    count(placement.id) FILTER (WHERE placement.ended_date IS NOT NULL),
    count(placement.id) FILTER (WHERE placement.retained_until_date IS NOT NULL)
FROM portfolio_batch AS batch
LEFT JOIN portfolio_placement AS placement ON placement.batch_id = batch.id
LEFT JOIN portfolio_account AS account ON account.id = placement.account_id
WHERE batch.id = ANY (%(batch_ids)s::bigint[])
GROUP BY batch.id, account.currency
ORDER BY batch.id, account.currency
