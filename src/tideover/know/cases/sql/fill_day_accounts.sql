-- what: every account of the client that is workable on the day or stands in an open case, and how it is
-- grain: one row per account
-- reads: portfolio_dpd_on, ledger_owed_at, portfolio_account, portfolio_party, portfolio_placement, portfolio_batch, cases_caseaccount
-- writes: cases_dayaccount
-- An account that was handed back is workable again only by a later placement.
WITH placed AS (
    SELECT DISTINCT ON (placement.account_id) placement.account_id, batch.mandate, placement.placed_date
    FROM portfolio_placement AS placement
    JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
    WHERE batch.client_id = %(client_id)s
        AND (placement.ended_date IS NULL OR placement.ended_date > %(day)s)
    ORDER BY placement.account_id, placement.placed_date DESC, placement.id DESC
)
INSERT INTO cases_dayaccount (account_id, client_id, customer_id, mandate, product, dpd, owed_amount, is_workable)
SELECT found.account_id, %(client_id)s, found.customer_id, found.mandate, found.product, found.dpd,
    found.owed_amount, found.is_workable
FROM (
    SELECT account.id AS account_id, party.customer_id, placed.mandate, account.product,
        late.dpd, owed.owed_amount,
        late.dpd > 0 AND owed.owed_amount > 0 AND placed.mandate IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM cases_caseaccount AS former
            WHERE former.account_id = account.id AND former.left_cause = 'handed-back'
                AND former.left_date >= placed.placed_date
        ) AS is_workable
    FROM portfolio_dpd_on(%(client_id)s, %(day)s) AS late
    JOIN ledger_owed_at(%(client_id)s, %(at)s) AS owed ON owed.account_id = late.account_id
    JOIN portfolio_account AS account ON account.id = late.account_id
    JOIN portfolio_party AS party ON party.account_id = account.id AND party.role = 'borrower'
    LEFT JOIN placed ON placed.account_id = account.id
) AS found
WHERE found.is_workable OR EXISTS (
    SELECT 1 FROM cases_caseaccount AS present
    WHERE present.account_id = found.account_id AND present.left_date IS NULL
)
