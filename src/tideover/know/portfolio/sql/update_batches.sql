-- reads: given
-- writes: portfolio_batch
-- grain: one row a batch whose terms the file names otherwise; a silent file changes nothing
UPDATE portfolio_batch AS batch
SET from_date = coalesce(told.from_date, batch.from_date),
    until_date = coalesce(told.until_date, batch.until_date),
    target_amount = coalesce(told.target_amount, batch.target_amount),
    currency = coalesce(told.currency, batch.currency),
    commission_share = coalesce(told.commission_share, batch.commission_share),
    retain_share_max = coalesce(told.retain_share_max, batch.retain_share_max)
FROM (
    SELECT given.batch_number AS number, max(given.batch_from_date) AS from_date,
        max(given.batch_until_date) AS until_date, max(given.batch_target_amount) AS target_amount,
        max(given.batch_currency) AS currency, max(given.batch_commission_share) AS commission_share,
        max(given.batch_retain_share_max) AS retain_share_max
    FROM given
    WHERE given.is_placed AND given.batch_is_named
    GROUP BY given.batch_number
) AS told
WHERE batch.client_id = %(client_id)s AND batch.number = told.number AND batch.ended_date IS NULL
    AND (
        told.from_date <> batch.from_date
        OR (told.until_date IS NOT NULL AND told.until_date IS DISTINCT FROM batch.until_date)
        OR (told.target_amount IS NOT NULL AND told.target_amount IS DISTINCT FROM batch.target_amount)
        OR (told.currency IS NOT NULL AND told.currency IS DISTINCT FROM batch.currency)
        OR (told.commission_share IS NOT NULL AND told.commission_share IS DISTINCT FROM batch.commission_share)
        OR (told.retain_share_max IS NOT NULL AND told.retain_share_max IS DISTINCT FROM batch.retain_share_max)
    )
