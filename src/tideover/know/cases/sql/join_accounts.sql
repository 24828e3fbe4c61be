-- what: workable accounts without a case join their customer's open one, on the first rung of their ladder
-- grain: one row per account that joins
-- reads: cases_dayaccount, cases_case
-- writes: cases_caseaccount, cases_stagemove, cases_daychange
WITH rung AS (
    SELECT product, name, deadline_days
    FROM jsonb_to_recordset(%(stages)s::jsonb)
        AS stage (product text, name text, position integer, deadline_days integer)
    WHERE position = 0
), joined AS (
    INSERT INTO cases_caseaccount (case_id, account_id, stage, stage_since_date, stage_deadline_date,
        stage_attempts_count, stage_contacts_count, stage_right_party_count, broken_promises_count,
        stage_paused_days_count, joined_date)
    SELECT cases_case.id, today.account_id, rung.name, %(day)s, %(day)s + rung.deadline_days, 0, 0, 0, 0, 0, %(day)s
    FROM cases_dayaccount AS today
    JOIN rung ON rung.product = today.product
    JOIN cases_case ON cases_case.customer_id = today.customer_id AND cases_case.client_id = %(client_id)s
        AND cases_case.mandate = today.mandate AND cases_case.closed_date IS NULL
    WHERE today.client_id = %(client_id)s AND today.is_workable
        AND NOT EXISTS (
            SELECT 1 FROM cases_caseaccount AS present
            WHERE present.account_id = today.account_id AND present.left_date IS NULL
        )
    ORDER BY today.account_id
    RETURNING id, case_id, account_id, stage
), moved AS (
    INSERT INTO cases_stagemove (case_account_id, day, stage_from, stage_to, cause, was_late, was_skipped)
    SELECT id, %(day)s, NULL, stage, 'accepted', FALSE, FALSE FROM joined
    RETURNING 1
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT %(client_id)s,
    CASE WHEN cases_case.opened_date = %(day)s THEN 'account-filed' ELSE 'account-joined' END,
    cases_case.customer_id, joined.case_id, joined.account_id,
    jsonb_build_object('case_id', joined.case_id, 'account_id', joined.account_id, 'stage', joined.stage)
FROM joined
JOIN cases_case ON cases_case.id = joined.case_id
