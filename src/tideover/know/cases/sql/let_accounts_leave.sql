-- what: accounts that are no longer workable leave their case
-- grain: one row per account that leaves
-- reads: cases_case, cases_dayaccount
-- writes: cases_caseaccount, cases_daychange
WITH gone AS (
    UPDATE cases_caseaccount AS present
    SET left_date = %(day)s,
        left_cause = CASE
            WHEN today.is_settled THEN 'paid'
            WHEN today.dpd <= 0 OR today.owed_amount <= 0 THEN 'cured'
            ELSE coalesce(today.ended_cause, 'withdrawn')
        END
    FROM cases_case, cases_dayaccount AS today
    WHERE cases_case.id = present.case_id AND cases_case.client_id = %(client_id)s
        AND today.account_id = present.account_id AND NOT today.is_workable
        AND present.left_date IS NULL
    RETURNING present.case_id, present.account_id, present.stage, present.left_cause, cases_case.customer_id
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT %(client_id)s, 'account-left', customer_id, case_id, account_id,
    jsonb_build_object('case_id', case_id, 'account_id', account_id, 'stage', stage, 'cause', left_cause)
FROM gone
