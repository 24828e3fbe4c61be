-- what: all that a decision may look at, of every account that the client ever placed, late or not, as it stood at one instant
-- grain: one row per account
-- reads: clients_client, portfolio_account, portfolio_party, portfolio_placement, portfolio_batch, portfolio_absence, snapshot_rolls_on, portfolio_contract_record, ledger_standing_on, ledger_owed_at, customers_customer, customers_contactpoint, customers_optout, cases_case, cases_caseaccount, cases_hold, public_attempts, public_failed_debits, public_outcomes, public_promises
-- The order and the names of the columns are those of columns.py; a test holds them to it. Days of contact are the
-- customer's own dates. What a customer's accounts had together is counted at this client alone; only the last two
-- columns, which the gate's caps need, count the person over every client.
WITH client AS (
    SELECT id, zone FROM clients_client WHERE id = %(client_id)s
), borrower AS (
    SELECT account.id AS account_id, account.product, account.currency, account.opened_date,
        customer.id AS customer_id, customer.person_id, customer.language, customer.country, customer.region,
        customer.zone, coalesce(customer.zone, client.zone) AS reading_zone
    FROM portfolio_account AS account
    JOIN client ON client.id = account.client_id
    JOIN portfolio_party AS party ON party.account_id = account.id AND party.role = 'borrower'
    JOIN customers_customer AS customer ON customer.id = party.customer_id
    WHERE EXISTS (SELECT 1 FROM portfolio_placement AS given WHERE given.account_id = account.id)
), placed AS (
    SELECT DISTINCT ON (placement.account_id) placement.account_id, placement.placed_date, batch.mandate,
        coalesce(placement.retained_until_date, batch.until_date) AS until_date
    FROM portfolio_placement AS placement
    JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
    WHERE batch.client_id = %(client_id)s
        AND (placement.ended_date IS NULL OR placement.ended_date > %(day)s)
    ORDER BY placement.account_id, placement.placed_date DESC, placement.id DESC
), in_case AS (
    SELECT present.account_id, present.case_id, cases_case.collector_id, cases_case.mandate, cases_case.opened_date,
        cases_case.call_back_at, present.stage, present.stage_deadline_date,
        %(day)s - present.stage_since_date - present.stage_paused_days_count AS stage_age_days,
        present.late_since_date IS NOT NULL AS stage_late,
        present.stage_attempts_count, present.stage_contacts_count, present.stage_right_party_count
    FROM cases_caseaccount AS present
    JOIN cases_case ON cases_case.id = present.case_id
    WHERE cases_case.client_id = %(client_id)s AND cases_case.closed_date IS NULL AND present.left_date IS NULL
), handed_back AS (
    SELECT DISTINCT former.account_id
    FROM cases_caseaccount AS former
    JOIN placed ON placed.account_id = former.account_id
    WHERE former.left_cause = 'handed-back' AND former.left_date >= placed.placed_date
), attempt AS (
    SELECT tally.customer_id, tally.at, tally.local_date, tally.channel, tally.result,
        tally.direction = 'outbound' AS is_ours
    FROM public_attempts AS tally
    WHERE tally.client_id = %(client_id)s AND tally.counts AND tally.at <= %(at)s
), reached AS (
    SELECT attempt.customer_id, max(attempt.at) AS last_at
    FROM attempt WHERE attempt.result = 'answered' GROUP BY attempt.customer_id
), tried AS (
    SELECT attempt.customer_id,
        count(*) FILTER (WHERE attempt.local_date > %(day)s - 7 AND attempt.is_ours) AS attempts_count_7d,
        count(*) FILTER (WHERE attempt.local_date > %(day)s - 7 AND attempt.result = 'answered') AS contacts_count_7d,
        count(*) FILTER (
            WHERE attempt.channel = 'call' AND (reached.last_at IS NULL OR attempt.at > reached.last_at)
        ) AS calls_unanswered_in_a_row,
        max(attempt.at) FILTER (WHERE attempt.is_ours) AS last_attempt_at,
        max(attempt.local_date) FILTER (WHERE attempt.is_ours) AS last_attempt_date,
        max(attempt.local_date) FILTER (WHERE attempt.result = 'answered') AS last_contact_date
    FROM attempt LEFT JOIN reached ON reached.customer_id = attempt.customer_id
    GROUP BY attempt.customer_id
), talk AS (
    SELECT outcome.customer_id, outcome.case_id, outcome.local_date
    FROM public_outcomes AS outcome
    JOIN cases_case AS own ON own.id = outcome.case_id AND own.customer_id = outcome.customer_id
    WHERE outcome.client_id = %(client_id)s AND outcome.spoke_to = 'customer' AND outcome.at <= %(at)s
), talked AS (
    SELECT talk.customer_id, max(talk.local_date) AS last_date FROM talk GROUP BY talk.customer_id
), talked_in_case AS (
    SELECT talk.case_id, max(talk.local_date) AS last_date FROM talk GROUP BY talk.case_id
), promise AS (
    SELECT given.account_id, given.case_id, given.amount, given.due_date, given.state, given.judged_date
    FROM public_promises AS given
    WHERE given.client_id = %(client_id)s AND given.made_at <= %(at)s
), open_promise AS (
    SELECT DISTINCT ON (promise.account_id) promise.account_id, promise.amount, promise.due_date
    FROM promise WHERE promise.state = 'open' ORDER BY promise.account_id, promise.due_date
), broken AS (
    SELECT promise.account_id, promise.case_id, max(promise.judged_date) AS last_date
    FROM promise WHERE promise.state = 'broken' GROUP BY promise.account_id, promise.case_id
), broken_in_case AS (
    SELECT promise.case_id, count(*) AS promises_count
    FROM promise WHERE promise.state = 'broken' GROUP BY promise.case_id
), bound AS (
    SELECT borrower.account_id,
        bool_or(hold.reason = 'dispute') AS dispute_open,
        bool_or(hold.reason = 'hardship') AS hardship_open,
        bool_or(hold.reason = 'payment-claimed') AS payment_claimed_open,
        bool_or(hold.reason = 'complaint') AS complaint_open,
        max(hold.until_at) AS until_at
    FROM borrower
    LEFT JOIN in_case ON in_case.account_id = borrower.account_id
    JOIN cases_hold AS hold ON hold.person_id = borrower.person_id
    WHERE (
            hold.scope = 'person'
            OR (hold.scope = 'case' AND hold.case_id = in_case.case_id)
            OR (hold.scope = 'account' AND hold.account_id = borrower.account_id)
        )
        AND hold.against_user_id IS NULL
        AND 'collection' = ANY (hold.purposes)
        AND hold.from_at <= %(at)s AND hold.until_at > %(at)s
        AND (hold.lifted_at IS NULL OR hold.lifted_at > %(at)s)
    GROUP BY borrower.account_id
), callable AS (
    SELECT point.customer_id, count(*) AS points_count
    FROM customers_contactpoint AS point
    WHERE point.kind = 'phone' AND point.owner = 'customer' AND point.usable_from <= %(at)s
        AND (point.unusable_since IS NULL OR point.unusable_since > %(at)s)
    GROUP BY point.customer_id
), opted AS (
    SELECT DISTINCT optout.customer_id
    FROM customers_optout AS optout
    WHERE 'call' = ANY (optout.channels) AND 'collection' = ANY (optout.purposes)
        AND optout.from_at <= %(at)s AND (optout.ended_at IS NULL OR optout.ended_at > %(at)s)
), debit AS (
    SELECT failed.account_id, max(failed.tried_date) AS last_date
    FROM public_failed_debits AS failed
    WHERE failed.client_id = %(client_id)s AND failed.booked_at <= %(at)s
    GROUP BY failed.account_id
), person_called AS (
    SELECT tally.person_id,
        count(*) FILTER (WHERE tally.local_date >= %(day)s) AS today_count,
        count(*) AS week_count
    FROM public_attempts AS tally
    WHERE tally.counts AND tally.channel = 'call' AND tally.direction = 'outbound'
        AND tally.at <= %(at)s AND tally.local_date > %(day)s - 7
    GROUP BY tally.person_id
), barred AS (
    SELECT DISTINCT borrower.account_id
    FROM borrower
    JOIN in_case ON in_case.account_id = borrower.account_id
    JOIN cases_hold AS hold ON hold.person_id = borrower.person_id AND hold.against_user_id = in_case.collector_id
    WHERE (hold.scope = 'person' OR hold.case_id = in_case.case_id)
        AND hold.from_at <= %(at)s AND hold.until_at > %(at)s
        AND (hold.lifted_at IS NULL OR hold.lifted_at > %(at)s)
), unproved AS (
    SELECT hold.account_id, max(CAST(hold.until_at AT TIME ZONE client.zone AS date)) AS until_date
    FROM cases_hold AS hold
    CROSS JOIN client
    WHERE hold.reason = 'payment-claimed' AND hold.scope = 'account'
        AND hold.lifted_at IS NULL AND hold.until_at <= %(at)s
    GROUP BY hold.account_id
)
SELECT
    borrower.account_id, borrower.customer_id, borrower.person_id, in_case.case_id,
    CAST(%(client_id)s AS bigint) AS client_id, in_case.collector_id,
    CAST(%(day)s AS date) AS day,
    borrower.product, borrower.currency, coalesce(in_case.mandate, placed.mandate) AS mandate,
    owed.owed_amount, late.dpd, late.dpd_basis,
    %(day)s - borrower.opened_date AS account_age_days,
    placed.account_id IS NOT NULL AS placed,
    absent.account_id IS NOT NULL AS gone_unexplained,
    coalesce(roll.unpaid_count, 0) AS instalments_unpaid_count,
    placed.until_date - %(day)s AS batch_days_left,
    roll.roll_path, coalesce(roll.roll_accounts_count, 0) AS roll_accounts_count, roll.roll_share,
    CASE WHEN roll.roll_share IS NULL OR roll.roll_accounts_count < %(grade_accounts_min)s THEN 'unknown'
        ELSE (CAST(%(grade_names)s AS text[]))[width_bucket(roll.roll_share, CAST(%(grade_shares)s AS numeric[]))]
    END AS grade,
    %(day)s - debit.last_date AS failed_debit_days_ago,
    coalesce(record.other_contracts_open_count, 0) AS other_contracts_open_count,
    coalesce(record.other_contracts_finished_count, 0) AS other_contracts_finished_count,
    coalesce(record.instalments_paid_count, 0) AS other_instalments_paid_count,
    coalesce(record.instalments_paid_late_count, 0) AS other_instalments_late_count,
    in_case.case_id IS NOT NULL AS has_case,
    in_case.collector_id IS NOT NULL AS has_collector,
    %(day)s - in_case.opened_date AS case_age_days,
    coalesce(in_case.stage, CASE WHEN handed_back.account_id IS NOT NULL THEN 'handed-back' END) AS stage,
    in_case.stage_age_days, in_case.stage_deadline_date,
    in_case.stage_deadline_date - %(day)s AS stage_deadline_days_left,
    coalesce(in_case.stage_late, FALSE) AS stage_late,
    coalesce(in_case.stage_attempts_count, 0) AS stage_attempts_count,
    coalesce(in_case.stage_contacts_count, 0) AS stage_contacts_count,
    coalesce(in_case.stage_right_party_count, 0) AS stage_right_party_count,
    coalesce(tried.attempts_count_7d, 0) AS attempts_count_7d,
    coalesce(tried.contacts_count_7d, 0) AS contacts_count_7d,
    coalesce(tried.calls_unanswered_in_a_row, 0) AS calls_unanswered_in_a_row,
    %(day)s - tried.last_attempt_date AS last_attempt_days_ago,
    %(day)s - tried.last_contact_date AS last_contact_days_ago,
    %(day)s - talked.last_date AS last_right_party_days_ago,
    talked_in_case.last_date IS NOT NULL AS first_contact_done,
    open_promise.account_id IS NOT NULL AS promise_open,
    open_promise.amount AS promise_amount,
    open_promise.due_date AS promise_due_date,
    open_promise.due_date - %(day)s AS promise_due_in_days,
    broken.last_date IS NOT NULL AND open_promise.account_id IS NULL
        AND (talked_in_case.last_date IS NULL OR talked_in_case.last_date < broken.last_date) AS promise_broken,
    %(day)s - broken.last_date AS promise_broken_days_ago,
    coalesce(broken_in_case.promises_count, 0) AS promises_broken_count,
    agreed.call_back_at,
    CAST(agreed.call_back_at AT TIME ZONE borrower.reading_zone AS date) AS call_back_date,
    coalesce(bound.dispute_open, FALSE) AS dispute_open,
    coalesce(bound.hardship_open, FALSE) AS hardship_open,
    coalesce(bound.payment_claimed_open, FALSE) AS payment_claimed_open,
    coalesce(bound.complaint_open, FALSE) AS complaint_open,
    barred.account_id IS NOT NULL AS collector_complained_of,
    %(day)s - unproved.until_date AS claim_unproved_days_ago,
    bound.account_id IS NOT NULL AS hold_open,
    CAST(bound.until_at AT TIME ZONE borrower.reading_zone AS date) AS hold_until_date,
    callable.customer_id IS NOT NULL AS contact_point_callable,
    coalesce(callable.points_count, 0) AS contact_points_callable_count,
    opted.customer_id IS NOT NULL AS opted_out_call,
    borrower.language, borrower.country, borrower.region, borrower.zone,
    %(day)s - owed.last_payment_date AS last_payment_days_ago,
    coalesce(owed.paid_30d_amount, 0) AS payments_amount_30d,
    coalesce(person_called.today_count, 0) AS calls_person_today_count,
    coalesce(person_called.week_count, 0) AS calls_person_7d_count
FROM borrower
LEFT JOIN placed ON placed.account_id = borrower.account_id
LEFT JOIN ledger_owed_at(%(client_id)s, %(at)s) AS owed ON owed.account_id = borrower.account_id
LEFT JOIN ledger_standing_on(%(client_id)s, %(day)s, %(at)s) AS late ON late.account_id = borrower.account_id
LEFT JOIN in_case ON in_case.account_id = borrower.account_id
LEFT JOIN portfolio_absence AS absent
    ON absent.account_id = borrower.account_id AND absent.returned_import_id IS NULL
LEFT JOIN snapshot_rolls_on(%(client_id)s, %(day)s) AS roll ON roll.account_id = borrower.account_id
LEFT JOIN portfolio_contract_record(%(client_id)s, %(day)s) AS record ON record.customer_id = borrower.customer_id
LEFT JOIN debit ON debit.account_id = borrower.account_id
LEFT JOIN handed_back ON handed_back.account_id = borrower.account_id
LEFT JOIN tried ON tried.customer_id = borrower.customer_id
-- Whoever was called at the time that was agreed, or later, is owed that call no longer, though nobody answered.
LEFT JOIN LATERAL (
    SELECT in_case.call_back_at WHERE tried.last_attempt_at IS NULL OR tried.last_attempt_at < in_case.call_back_at
) AS agreed ON TRUE
LEFT JOIN talked ON talked.customer_id = borrower.customer_id
LEFT JOIN talked_in_case ON talked_in_case.case_id = in_case.case_id
LEFT JOIN open_promise ON open_promise.account_id = borrower.account_id
LEFT JOIN broken ON broken.account_id = borrower.account_id AND broken.case_id = in_case.case_id
LEFT JOIN broken_in_case ON broken_in_case.case_id = in_case.case_id
LEFT JOIN bound ON bound.account_id = borrower.account_id
LEFT JOIN barred ON barred.account_id = borrower.account_id
LEFT JOIN unproved ON unproved.account_id = borrower.account_id
LEFT JOIN callable ON callable.customer_id = borrower.customer_id
LEFT JOIN opted ON opted.customer_id = borrower.customer_id
LEFT JOIN person_called ON person_called.person_id = borrower.person_id
