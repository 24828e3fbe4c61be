-- what: a day on which collection is held, or a promise is open, does not count on the ladder: the deadline moves on
-- grain: one row per account that waits today
-- reads: cases_case, cases_hold
-- writes: cases_caseaccount
UPDATE cases_caseaccount AS present
SET paused_on_date = %(day)s,
    stage_paused_days_count = present.stage_paused_days_count + 1,
    stage_deadline_date = present.stage_deadline_date + 1
FROM cases_case
WHERE cases_case.id = present.case_id AND cases_case.client_id = %(client_id)s
    AND present.left_date IS NULL
    AND present.stage_since_date < %(day)s
    AND present.paused_on_date IS DISTINCT FROM %(day)s
    AND (
        present.promise_due_date IS NOT NULL
        OR EXISTS (
            SELECT 1 FROM cases_hold AS hold
            WHERE hold.person_id = cases_case.person_id
                AND (
                    hold.scope = 'person'
                    OR (hold.scope = 'case' AND hold.case_id = present.case_id)
                    OR (hold.scope = 'account' AND hold.account_id = present.account_id)
                )
                AND hold.against_user_id IS NULL AND 'collection' = ANY (hold.purposes)
                AND hold.from_at <= %(at)s AND hold.until_at > %(at)s
                AND (hold.lifted_at IS NULL OR hold.lifted_at > %(at)s)
        )
    )
