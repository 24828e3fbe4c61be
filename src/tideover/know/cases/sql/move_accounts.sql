-- what: each account takes at most one step a day along its ladder; the first move that holds wins
-- grain: one row per account that moves
-- reads: cases_case, cases_dayaccount, cases_review, filing_gaps_of
-- writes: cases_caseaccount, cases_stagemove, cases_daychange
-- '<next-move>' stands for the ladder's own conditions, compiled from policy: the number of the move, or null.
WITH rung AS (
    SELECT *
    FROM jsonb_to_recordset(%(stages)s::jsonb) AS stage (product text, name text, position integer,
        deadline_days integer, attempts_min integer, reviews_min integer, is_end boolean)
), move AS (
    SELECT * FROM jsonb_to_recordset(%(moves)s::jsonb) AS move (number integer, name text, leads_to text)
), reviewed AS (
    SELECT DISTINCT ON (review.case_id, review.account_id, review.stage)
        review.case_id, review.account_id, review.stage, review.decision,
        CAST(review.at AT TIME ZONE %(zone)s AS date) AS day
    FROM cases_review AS review
    JOIN cases_case ON cases_case.id = review.case_id
    WHERE cases_case.client_id = %(client_id)s AND cases_case.closed_date IS NULL
    ORDER BY review.case_id, review.account_id, review.stage, review.at DESC, review.id DESC
), lacking AS (
    SELECT gap.account_id, count(*) AS gaps_count
    FROM filing_gaps_of(%(client_id)s, %(filing_items)s::jsonb, %(day)s) AS gap
    GROUP BY gap.account_id
), standing AS (
    SELECT present.id, present.case_id, present.account_id, cases_case.customer_id, today.product, today.dpd,
        present.stage, present.late_since_date, present.stage_deadline_date,
        %(day)s - present.stage_since_date - present.stage_paused_days_count AS days_in_stage,
        present.stage_attempts_count AS attempts_count,
        present.stage_contacts_count AS contacts_count,
        present.stage_right_party_count AS right_party_count,
        present.broken_promises_count,
        reviewed.decision AS review_decision,
        coalesce(lacking.gaps_count, 0) AS filing_gaps_count
    FROM cases_caseaccount AS present
    JOIN cases_case ON cases_case.id = present.case_id
    JOIN cases_dayaccount AS today ON today.account_id = present.account_id
    JOIN rung ON rung.product = today.product AND rung.name = present.stage
    LEFT JOIN lacking ON lacking.account_id = present.account_id
    LEFT JOIN reviewed ON reviewed.case_id = present.case_id AND reviewed.account_id = present.account_id
        AND reviewed.stage = present.stage AND reviewed.day >= present.stage_since_date
    WHERE cases_case.client_id = %(client_id)s AND present.left_date IS NULL
        AND (present.stage_since_date < %(day)s OR rung.position = 0)
        AND present.paused_on_date IS DISTINCT FROM %(day)s
        AND present.promise_due_date IS NULL
), decided AS MATERIALIZED (
    SELECT standing.*, '<next-move>' AS number FROM standing
), step AS (
    SELECT decided.*, move.name AS cause, move.leads_to,
        target.deadline_days, target.is_end AS is_end, origin.reviews_min > 0 AS ends_review,
        decided.attempts_count < origin.attempts_min
            OR (origin.reviews_min > 0 AND decided.review_decision IS NULL) AS was_skipped,
        decided.late_since_date IS NOT NULL AS was_late
    FROM decided
    JOIN move ON move.number = decided.number
    JOIN rung AS origin ON origin.product = decided.product AND origin.name = decided.stage
    JOIN rung AS target ON target.product = decided.product AND target.name = move.leads_to
), moved AS (
    UPDATE cases_caseaccount AS present
    SET stage = step.leads_to,
        stage_since_date = %(day)s,
        stage_deadline_date = CASE WHEN step.is_end THEN NULL ELSE %(day)s + step.deadline_days END,
        stage_attempts_count = 0,
        stage_contacts_count = 0,
        stage_right_party_count = 0,
        stage_paused_days_count = 0,
        broken_promises_count = CASE WHEN step.ends_review THEN 0 ELSE present.broken_promises_count END,
        late_since_date = NULL,
        left_date = CASE WHEN step.is_end THEN %(day)s END,
        left_cause = CASE WHEN step.is_end THEN 'handed-back' END
    FROM step
    WHERE present.id = step.id
    RETURNING present.id
), noted AS (
    INSERT INTO cases_stagemove (case_account_id, day, stage_from, stage_to, cause, was_late, was_skipped)
    SELECT step.id, %(day)s, step.stage, step.leads_to, step.cause, step.was_late, step.was_skipped
    FROM step
    ORDER BY step.id
    RETURNING 1
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT %(client_id)s, told.kind, step.customer_id, step.case_id, step.account_id,
    jsonb_build_object('case_id', step.case_id, 'account_id', step.account_id, 'stage_from', step.stage,
        'stage_to', step.leads_to, 'cause', step.cause, 'was_late', step.was_late,
        'was_skipped', step.was_skipped, 'policy_version', %(ladder_version)s::text)
FROM step
CROSS JOIN LATERAL (
    SELECT 'stage-moved' AS kind
    UNION ALL
    SELECT 'stage-skipped' AS kind WHERE step.was_skipped
) AS told
ORDER BY step.id
