-- what: open cases that are past a stage's deadline, each with why its least work was not done: nobody could take it,
--       its collector's day had no room, nobody is to be reached, it was not tried, or what trying came to
-- grain: one row per case
-- reads: cases_case, cases_caseaccount, assignment_workitem, assignment_unreachable, in_scope
-- in_scope is the relation of cases: those that whoever asks may see.
WITH late AS (
    SELECT DISTINCT ON (present.case_id) present.case_id, present.account_id, present.stage, present.late_since_date,
        present.stage_attempts_count, present.stage_contacts_count, present.stage_right_party_count
    FROM cases_caseaccount AS present
    WHERE present.left_date IS NULL AND present.late_since_date IS NOT NULL
        AND present.case_id IN (SELECT seen.id FROM in_scope AS seen)
    ORDER BY present.case_id, present.late_since_date, present.account_id
)
SELECT late.case_id, kase.customer_id, kase.client_id, kase.collector_id, late.stage, late.late_since_date,
    CASE
        WHEN standing.case_id IS NOT NULL THEN 'unreachable'
        WHEN item.uncovered_cause IS NOT NULL THEN item.uncovered_cause
        WHEN late.stage_attempts_count = 0 AND item.case_id IS NULL THEN 'no-work'
        WHEN late.stage_attempts_count = 0 THEN 'not-tried'
        WHEN late.stage_contacts_count = 0 THEN 'not-answered'
        WHEN late.stage_right_party_count = 0 THEN 'not-the-customer'
        ELSE 'spoken-with'
    END AS why
FROM late
JOIN cases_case AS kase ON kase.id = late.case_id AND kase.closed_date IS NULL
LEFT JOIN LATERAL (
    SELECT newest.case_id, newest.uncovered_cause
    FROM assignment_workitem AS newest WHERE newest.case_id = late.case_id ORDER BY newest.day DESC LIMIT 1
) AS item ON TRUE
LEFT JOIN assignment_unreachable AS standing ON standing.case_id = late.case_id AND standing.until_date IS NULL
WHERE kase.client_id = ANY (%(of_clients)s)
