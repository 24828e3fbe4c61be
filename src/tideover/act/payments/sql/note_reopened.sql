-- what: what became of the cases of the other reversals: opened again, or nothing is late there
-- grain: one row per reversal that was just entered
-- reads: cases_caseaccount
-- writes: payments_reversal
UPDATE payments_reversal AS reversal
SET followed = CASE
    WHEN EXISTS (
        SELECT 1 FROM cases_caseaccount AS present
        WHERE present.account_id = reversal.account_id AND present.left_date IS NULL
    ) THEN 'reopened'
    WHEN EXISTS (
        SELECT 1 FROM cases_caseaccount AS former WHERE former.account_id = reversal.account_id
    ) THEN 'not-late'
    ELSE 'no-case'
END
WHERE reversal.fact_id = %(reversal_fact_id)s AND reversal.followed IS NULL
