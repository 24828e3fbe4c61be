-- what: closed cases open again in which an account is late and owing once more; one a customer, client and mandate,
--       and none where the customer has an open one
-- grain: one row per case that opens again
-- reads: given, cases_caseaccount, portfolio_placement, ledger_standing_on, staff_membership, staff_clientgrant, access_user
-- writes: cases_case, cases_tenure, cases_daychange
WITH latest AS (
    SELECT DISTINCT ON (former.account_id) former.account_id, former.case_id, former.left_date, former.left_cause
    FROM cases_caseaccount AS former
    JOIN given ON given.account_id = former.account_id
    ORDER BY former.account_id, former.left_date IS NULL DESC, former.joined_date DESC, former.id DESC
), late AS (
    SELECT latest.account_id, latest.case_id
    FROM latest
    JOIN ledger_standing_on(%(client_id)s, %(day)s, %(at)s) AS standing ON standing.account_id = latest.account_id
    WHERE latest.left_date IS NOT NULL AND latest.left_cause IN ('paid', 'cured')
        AND standing.dpd > 0 AND standing.overdue_amount > 0
        AND EXISTS (
            SELECT 1 FROM portfolio_placement AS placement
            WHERE placement.account_id = latest.account_id
                AND (placement.ended_date IS NULL OR placement.ended_date > %(day)s)
        )
), closed AS (
    SELECT DISTINCT ON (former.customer_id, former.client_id, former.mandate) former.id, former.collector_id
    FROM cases_case AS former
    JOIN late ON late.case_id = former.id
    WHERE former.closed_date IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM cases_case AS present
            WHERE present.customer_id = former.customer_id AND present.client_id = former.client_id
                AND present.mandate = former.mandate AND present.closed_date IS NULL
        )
    ORDER BY former.customer_id, former.client_id, former.mandate, former.closed_date DESC, former.id DESC
), owner AS (
    SELECT closed.id, max(member.user_id) AS collector_id
    FROM closed
    LEFT JOIN staff_membership AS member ON member.user_id = closed.collector_id
        AND (member.left_date IS NULL OR member.left_date > %(day)s)
        AND EXISTS (
            SELECT 1 FROM staff_clientgrant AS granted
            WHERE granted.team_id = member.team_id AND granted.client_id = %(client_id)s
        )
        AND EXISTS (SELECT 1 FROM access_user AS person WHERE person.id = member.user_id AND person.is_active)
    GROUP BY closed.id
), opened AS (
    UPDATE cases_case
    SET closed_date = NULL, close_cause = NULL, collector_id = owner.collector_id
    FROM owner
    WHERE cases_case.id = owner.id
    RETURNING cases_case.id, cases_case.customer_id, cases_case.collector_id
), tenured AS (
    INSERT INTO cases_tenure (case_id, collector_id, from_at, cause)
    SELECT opened.id, opened.collector_id, %(at)s, 'payment-reversed'
    FROM opened
    WHERE opened.collector_id IS NOT NULL
    RETURNING 1
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, body)
SELECT %(client_id)s, 'case-reopened', opened.customer_id, opened.id,
    jsonb_build_object('case_id', opened.id, 'collector_id', opened.collector_id, 'cause', 'payment-reversed')
FROM opened
ORDER BY opened.id
