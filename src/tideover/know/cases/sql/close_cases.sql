-- what: a case with no account left in it closes, and its collector's time on it ends
-- grain: one row per case that closes
-- reads: cases_caseaccount
-- writes: cases_case, cases_tenure, cases_daychange
WITH closed AS (
    UPDATE cases_case
    SET closed_date = %(day)s,
        call_back_at = NULL,
        close_cause = (
            SELECT CASE
                WHEN bool_or(former.left_cause = 'handed-back') THEN 'handed-back'
                WHEN bool_and(former.left_cause = 'paid') THEN 'paid'
                WHEN bool_or(former.left_cause = 'recalled') THEN 'recalled'
                WHEN bool_or(former.left_cause = 'batch-ended') THEN 'batch-ended'
                WHEN bool_or(former.left_cause = 'withdrawn') THEN 'withdrawn'
                ELSE 'cured'
            END
            FROM cases_caseaccount AS former
            WHERE former.case_id = cases_case.id
        )
    WHERE client_id = %(client_id)s AND closed_date IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM cases_caseaccount AS present
            WHERE present.case_id = cases_case.id AND present.left_date IS NULL
        )
    RETURNING id, customer_id, close_cause
), ended AS (
    UPDATE cases_tenure
    SET until_at = %(at)s
    FROM closed
    WHERE cases_tenure.case_id = closed.id AND cases_tenure.until_at IS NULL
    RETURNING 1
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, body)
SELECT %(client_id)s, 'case-closed', customer_id, id, jsonb_build_object('case_id', id, 'cause', close_cause)
FROM closed
