-- what: reversals on accounts that are no longer ours to collect, or on which the case is open anyway
-- grain: one row per reversal that was just entered and needs nothing more
-- reads: portfolio_placement, cases_caseaccount
-- writes: payments_reversal
WITH told AS (
    SELECT reversal.id,
        CASE
            WHEN placed.from_date IS NULL THEN coalesce(nullif(latest.left_cause, 'withdrawn'), 'recalled')
            WHEN latest.left_cause = 'handed-back' AND latest.left_date >= placed.from_date THEN 'handed-back'
            WHEN latest.id IS NOT NULL AND latest.left_date IS NULL THEN 'case-open'
        END AS followed
    FROM payments_reversal AS reversal
    LEFT JOIN LATERAL (
        SELECT max(placement.placed_date) AS from_date
        FROM portfolio_placement AS placement
        WHERE placement.account_id = reversal.account_id
            AND (placement.ended_date IS NULL OR placement.ended_date > %(day)s)
    ) AS placed ON TRUE
    LEFT JOIN LATERAL (
        SELECT present.id, present.left_date,
            CASE WHEN present.left_cause IN ('paid', 'cured') THEN NULL ELSE present.left_cause END AS left_cause
        FROM cases_caseaccount AS present
        WHERE present.account_id = reversal.account_id
        ORDER BY present.left_date IS NULL DESC, present.joined_date DESC, present.id DESC
        LIMIT 1
    ) AS latest ON TRUE
    WHERE reversal.fact_id = %(reversal_fact_id)s
)
UPDATE payments_reversal AS reversal
SET followed = told.followed
FROM told
WHERE told.id = reversal.id AND told.followed IS NOT NULL
