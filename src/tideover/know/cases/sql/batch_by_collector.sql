-- what: what came of a batch, by the collector who owned the case when the money was booked
-- grain: one row a collector (null: nobody owned the case) and currency
-- reads: clients_client, portfolio_placement, portfolio_batch, portfolio_account, ledger_posting, cases_case, cases_caseaccount, cases_tenure
-- Payments since the account was placed in the batch count, less what was taken back; history from before does not.
WITH placed AS (
    SELECT placement.account_id, placement.placed_date, placement.placed_amount, placement.ended_date,
        account.currency, client.zone
    FROM portfolio_placement AS placement
    JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
    JOIN portfolio_account AS account ON account.id = placement.account_id
    JOIN clients_client AS client ON client.id = batch.client_id
    WHERE placement.batch_id = %(batch_id)s
), owned AS (
    SELECT DISTINCT ON (placed.account_id) placed.account_id, cases_case.collector_id
    FROM placed
    JOIN cases_caseaccount AS joined ON joined.account_id = placed.account_id
    JOIN cases_case ON cases_case.id = joined.case_id
    ORDER BY placed.account_id, joined.joined_date DESC, joined.id DESC
), held AS (
    SELECT owned.collector_id, placed.currency, count(*) AS accounts_count, sum(placed.placed_amount) AS placed_amount,
        count(*) FILTER (WHERE placed.ended_date IS NULL) AS open_count
    FROM placed
    LEFT JOIN owned ON owned.account_id = placed.account_id
    GROUP BY owned.collector_id, placed.currency
), paid AS (
    SELECT tenure.collector_id, posting.currency, -sum(posting.amount) AS recovered_amount
    FROM placed
    JOIN ledger_posting AS posting ON posting.account_id = placed.account_id
        AND posting.source <> 'history'
        AND posting.value_date >= placed.placed_date
        AND (placed.ended_date IS NULL OR posting.value_date < placed.ended_date)
    LEFT JOIN LATERAL (
        SELECT given.collector_id
        FROM cases_caseaccount AS joined
        JOIN cases_tenure AS given ON given.case_id = joined.case_id
        WHERE joined.account_id = posting.account_id AND given.from_at <= posting.booked_at
        ORDER BY given.from_at DESC
        LIMIT 1
    ) AS tenure ON TRUE
    GROUP BY tenure.collector_id, posting.currency
)
SELECT coalesce(held.collector_id, paid.collector_id), coalesce(held.currency, paid.currency),
    coalesce(held.accounts_count, 0), coalesce(held.open_count, 0), coalesce(held.placed_amount, 0),
    coalesce(paid.recovered_amount, 0)
FROM held
FULL JOIN paid ON coalesce(paid.collector_id, 0) = coalesce(held.collector_id, 0) AND paid.currency = held.currency
ORDER BY coalesce(paid.recovered_amount, 0) DESC, 1
