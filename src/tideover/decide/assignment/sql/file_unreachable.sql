-- what: cases that nobody can reach as of the day; those that can be reached again, or are no longer worked, end
-- grain: one row per case that nobody can reach from the day on
-- reads: assignment_unreachable
-- writes: assignment_unreachable
WITH found AS (
    SELECT listed.case_id, listed.account_id
    FROM unnest(CAST(%(case_ids)s AS bigint[]), CAST(%(account_ids)s AS bigint[])) AS listed (case_id, account_id)
), ended AS (
    UPDATE assignment_unreachable AS former
    SET until_date = %(day)s
    WHERE former.client_id = %(client_id)s AND former.until_date IS NULL
        AND NOT EXISTS (SELECT 1 FROM found WHERE found.case_id = former.case_id)
    RETURNING 1
)
INSERT INTO assignment_unreachable (client_id, case_id, account_id, since_date)
SELECT %(client_id)s, found.case_id, found.account_id, %(day)s
FROM found
WHERE NOT EXISTS (
    SELECT 1 FROM assignment_unreachable AS standing
    WHERE standing.case_id = found.case_id AND standing.until_date IS NULL
)
ORDER BY found.case_id
