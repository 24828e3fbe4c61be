-- reads: given, portfolio_account, portfolio_placement
-- writes: portfolio_batch
-- grain: one row a batch number that the client did not have and in which something is placed
INSERT INTO portfolio_batch (client_id, number, from_date, until_date, mandate, target_amount, currency,
    commission_share, retain_share_max)
SELECT %(client_id)s, given.batch_number, coalesce(max(given.batch_from_date), %(cut_off_date)s::date),
    max(given.batch_until_date), %(mandate)s, max(given.batch_target_amount), max(given.batch_currency),
    max(given.batch_commission_share), max(given.batch_retain_share_max)
FROM given
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = given.number
WHERE given.is_placed
    AND (
        given.batch_is_named
        OR NOT EXISTS (
            SELECT 1 FROM portfolio_placement AS open_one
            WHERE open_one.account_id = account.id AND open_one.ended_date IS NULL
        )
    )
GROUP BY given.batch_number
ORDER BY given.batch_number
ON CONFLICT (client_id, number) DO NOTHING
