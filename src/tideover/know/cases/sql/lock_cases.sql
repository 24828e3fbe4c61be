-- what: the cases in which accounts are, or last were, locked in one order
-- grain: one row per case
-- reads: given, cases_case, cases_caseaccount
SELECT cases_case.id
FROM cases_case
WHERE cases_case.id IN (
    SELECT present.case_id
    FROM cases_caseaccount AS present
    JOIN given ON given.account_id = present.account_id
)
ORDER BY cases_case.id
FOR UPDATE
