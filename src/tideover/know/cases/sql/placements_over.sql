-- what: open placements whose batch is over on the day, and that were not retained beyond it
-- grain: one row a placement that ends
-- reads: portfolio_placement, portfolio_batch
SELECT placement.account_id, 'batch-ended' AS cause
FROM portfolio_placement AS placement
JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
WHERE batch.client_id = %(client_id)s AND placement.ended_date IS NULL AND batch.until_date IS NOT NULL
    AND greatest(batch.until_date, placement.retained_until_date) <= %(day)s
