-- what: the stages of accounts whose promise was judged go on; a broken promise is counted
-- grain: one row per account in an open case
-- reads: given
-- writes: cases_caseaccount
-- given is the caller's relation: account_id, is_broken.
UPDATE cases_caseaccount AS present
SET promise_due_date = NULL,
    broken_promises_count = present.broken_promises_count + CASE WHEN judged.is_broken THEN 1 ELSE 0 END
FROM given AS judged
WHERE judged.account_id = present.account_id AND present.left_date IS NULL
