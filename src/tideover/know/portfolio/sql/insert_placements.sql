-- reads: given, portfolio_account, portfolio_batch
-- writes: portfolio_placement
-- grain: one row an account that enters a batch; an account that is placed already stays where it is,
--     unless the file itself names another batch
INSERT INTO portfolio_placement (account_id, batch_id, placed_amount, placed_date, import_id)
SELECT account.id, batch.id, given.placed_amount, %(cut_off_date)s::date, %(import_id)s
FROM given
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = given.number
JOIN portfolio_batch AS batch ON batch.client_id = %(client_id)s AND batch.number = given.batch_number
WHERE given.is_placed
    AND (
        given.batch_is_named
        OR NOT EXISTS (
            SELECT 1 FROM portfolio_placement AS open_one
            WHERE open_one.account_id = account.id AND open_one.ended_date IS NULL
        )
    )
ORDER BY account.id
ON CONFLICT (account_id, batch_id) DO NOTHING
