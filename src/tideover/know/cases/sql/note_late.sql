-- what: a stage whose deadline has passed without its least work is late; it is found once
-- grain: one row per account found late
-- reads: cases_case, cases_dayaccount, cases_review
-- writes: cases_caseaccount, cases_daychange
WITH rung AS (
    SELECT * FROM jsonb_to_recordset(%(stages)s::jsonb)
        AS stage (product text, name text, attempts_min integer, reviews_min integer)
), late AS (
    UPDATE cases_caseaccount AS present
    SET late_since_date = %(day)s
    FROM cases_case, cases_dayaccount AS today, rung
    WHERE cases_case.id = present.case_id AND cases_case.client_id = %(client_id)s
        AND today.account_id = present.account_id
        AND rung.product = today.product AND rung.name = present.stage
        AND present.left_date IS NULL AND present.late_since_date IS NULL
        AND present.stage_deadline_date < %(day)s
        AND present.paused_on_date IS DISTINCT FROM %(day)s
        AND present.promise_due_date IS NULL
        AND (
            present.stage_attempts_count < rung.attempts_min
            OR (
                rung.reviews_min > 0 AND NOT EXISTS (
                    SELECT 1 FROM cases_review AS review
                    WHERE review.case_id = present.case_id AND review.account_id = present.account_id
                        AND review.stage = present.stage
                        AND CAST(review.at AT TIME ZONE %(zone)s AS date) >= present.stage_since_date
                )
            )
        )
    RETURNING present.case_id, present.account_id, present.stage, present.stage_deadline_date, cases_case.customer_id
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT %(client_id)s, 'stage-late', customer_id, case_id, account_id,
    jsonb_build_object('case_id', case_id, 'account_id', account_id, 'stage', stage,
        'deadline_date', stage_deadline_date)
FROM late
