-- what: the stages of accounts wait for a promise that is open again
-- grain: one row per account in an open case
-- reads: given
-- writes: cases_caseaccount
-- given is the caller's relation: account_id, due_date.
UPDATE cases_caseaccount AS present
SET promise_due_date = waiting.due_date
FROM given AS waiting
WHERE waiting.account_id = present.account_id AND present.left_date IS NULL AND waiting.due_date IS NOT NULL
