-- what: every account of the client that is workable on the day or stands in an open case, and how it is
-- grain: one row per account
-- reads: ledger_standing_on, portfolio_account, portfolio_party, portfolio_placement, portfolio_batch, cases_caseaccount
-- writes: cases_dayaccount
-- An account that was handed back is workable again only by a later placement.
WITH placed AS (
    SELECT DISTINCT ON (placement.account_id) placement.account_id, batch.mandate, placement.placed_date
    FROM portfolio_placement AS placement
    JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
    WHERE batch.client_id = %(client_id)s
        AND (placement.ended_date IS NULL OR placement.ended_date > %(day)s)
    ORDER BY placement.account_id, placement.placed_date DESC, placement.id DESC
), ended AS (
    SELECT DISTINCT ON (placement.account_id) placement.account_id, placement.ended_cause
    FROM portfolio_placement AS placement
    JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
    WHERE batch.client_id = %(client_id)s AND placement.ended_date <= %(day)s
    ORDER BY placement.account_id, placement.ended_date DESC, placement.id DESC
)
INSERT INTO cases_dayaccount
    (account_id, client_id, customer_id, mandate, product, dpd, owed_amount, is_workable, is_settled, ended_cause)
SELECT found.account_id, %(client_id)s, found.customer_id, found.mandate, found.product, found.dpd,
    found.owed_amount, found.is_workable, found.is_settled, found.ended_cause
FROM (
    SELECT account.id AS account_id, party.customer_id, placed.mandate, account.product,
        late.dpd, late.overdue_amount AS owed_amount, late.is_settled,
        CASE WHEN placed.account_id IS NULL THEN ended.ended_cause END AS ended_cause,
        late.dpd > 0 AND late.overdue_amount > 0 AND placed.mandate IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM cases_caseaccount AS former
            WHERE former.account_id = account.id AND former.left_cause = 'handed-back'
                AND former.left_date >= placed.placed_date
        ) AS is_workable
    FROM ledger_standing_on(%(client_id)s, %(day)s, %(at)s) AS late
    JOIN portfolio_account AS account ON account.id = late.account_id
    JOIN portfolio_party AS party ON party.account_id = account.id AND party.role = 'borrower'
    LEFT JOIN placed ON placed.account_id = account.id
    LEFT JOIN ended ON ended.account_id = account.id
    WHERE late.dpd IS NOT NULL AND late.overdue_amount IS NOT NULL
) AS found
WHERE found.is_workable OR EXISTS (
    SELECT 1 FROM cases_caseaccount AS present
    WHERE present.account_id = found.account_id AND present.left_date IS NULL
)
