-- The cases that a day's work gives to a new owner, with the cause. Whoever covers for a day owns nothing by it.
-- grain: case
-- reads: assignment_workitem
SELECT case_id, collector_id, assigned_cause AS cause
FROM assignment_workitem
WHERE client_id = %(client_id)s AND day = %(day)s
    AND collector_id IS NOT NULL AND assigned_cause <> 'kept' AND cover_for_id IS NULL
