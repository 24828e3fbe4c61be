-- what: how many accounts and cases stand on each stage, and how many are late, due on the day, or wait
-- grain: one row per stage
-- reads: cases_case, cases_caseaccount, in_scope
-- in_scope is the relation of that file: the cases that whoever asks may see.
SELECT present.stage,
    count(*) AS accounts_count,
    count(DISTINCT present.case_id) AS cases_count,
    count(*) FILTER (WHERE present.late_since_date IS NOT NULL) AS late_count,
    count(*) FILTER (WHERE present.stage_deadline_date = %(day)s AND present.late_since_date IS NULL) AS due_count,
    count(*) FILTER (WHERE present.paused_on_date = %(day)s) AS paused_count
FROM cases_caseaccount AS present
JOIN cases_case ON cases_case.id = present.case_id
WHERE cases_case.client_id = %(client_id)s AND present.left_date IS NULL
    AND present.case_id IN (SELECT seen.id FROM in_scope AS seen)
GROUP BY present.stage
