-- what: accounts that are ours to work no longer leave their open case
-- grain: one row per account that leaves
-- reads: given, cases_case
-- writes: cases_caseaccount, cases_daychange
-- given is the caller's relation: account_id, cause.
WITH ending AS (
    SELECT given.account_id, given.cause FROM given AS given
), gone AS (
    UPDATE cases_caseaccount AS present
    SET left_date = %(day)s, left_cause = ending.cause
    FROM ending, cases_case
    WHERE cases_case.id = present.case_id AND cases_case.client_id = %(client_id)s
        AND present.account_id = ending.account_id AND present.left_date IS NULL
    RETURNING present.case_id, present.account_id, present.stage, present.left_cause, cases_case.customer_id
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT %(client_id)s, 'account-left', customer_id, case_id, account_id,
    jsonb_build_object('case_id', case_id, 'account_id', account_id, 'stage', stage, 'cause', left_cause)
FROM gone
