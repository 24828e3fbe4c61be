-- what: accounts that are late and owing once more stand again on the rung that they left, in the customer's open case
-- grain: one row per account that returns
-- reads: given, cases_case, portfolio_placement, ledger_standing_on
-- writes: cases_caseaccount, cases_daychange
-- In its own case the account's row goes on; where the customer has another one open by now, it joins that one with
-- its rung and its counts. The days in between are days that do not count, as a pause is.
WITH latest AS (
    SELECT DISTINCT ON (former.account_id) former.*
    FROM cases_caseaccount AS former
    JOIN given ON given.account_id = former.account_id
    ORDER BY former.account_id, former.left_date IS NULL DESC, former.joined_date DESC, former.id DESC
), late AS (
    SELECT latest.*, present.id AS open_case_id, present.customer_id, %(day)s::date - latest.left_date AS days_away
    FROM latest
    JOIN cases_case AS own ON own.id = latest.case_id
    JOIN cases_case AS present ON present.customer_id = own.customer_id AND present.client_id = own.client_id
        AND present.mandate = own.mandate AND present.closed_date IS NULL
    JOIN ledger_standing_on(%(client_id)s, %(day)s, %(at)s) AS standing ON standing.account_id = latest.account_id
    WHERE latest.left_date IS NOT NULL AND latest.left_cause IN ('paid', 'cured')
        AND standing.dpd > 0 AND standing.overdue_amount > 0
        AND EXISTS (
            SELECT 1 FROM portfolio_placement AS placement
            WHERE placement.account_id = latest.account_id
                AND (placement.ended_date IS NULL OR placement.ended_date > %(day)s)
        )
), returned AS (
    UPDATE cases_caseaccount AS present
    SET left_date = NULL, left_cause = NULL, promise_due_date = NULL,
        stage_paused_days_count = present.stage_paused_days_count + late.days_away,
        stage_deadline_date = present.stage_deadline_date + late.days_away
    FROM late
    WHERE present.id = late.id AND late.open_case_id = late.case_id
    RETURNING 1
), joined AS (
    INSERT INTO cases_caseaccount (case_id, account_id, stage, stage_since_date, stage_deadline_date,
        stage_attempts_count, stage_contacts_count, stage_right_party_count, late_since_date, broken_promises_count,
        stage_paused_days_count, joined_date)
    SELECT late.open_case_id, late.account_id, late.stage, late.stage_since_date,
        late.stage_deadline_date + late.days_away, late.stage_attempts_count, late.stage_contacts_count,
        late.stage_right_party_count, late.late_since_date, late.broken_promises_count,
        late.stage_paused_days_count + late.days_away, %(day)s
    FROM late
    WHERE late.open_case_id <> late.case_id
    RETURNING 1
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, account_id, body)
SELECT %(client_id)s, 'account-returned', late.customer_id, late.open_case_id, late.account_id,
    jsonb_build_object('case_id', late.open_case_id, 'account_id', late.account_id, 'stage', late.stage,
        'cause', 'payment-reversed')
FROM late
ORDER BY late.account_id
