-- what: every contact of a client's day that happened or was tried: what the line said, what it came to, what was
--     promised; what was never dialled is no contact
-- grain: one row per call, or per outcome without one
-- reads: contact_call, outcomes_outcome, arrangements_promise, portfolio_account, portfolio_party, portfolio_placement, portfolio_batch, customers_customer, customers_identity, access_user
SELECT contact.contact_number, account.number AS account_number, account.product, batch.number AS batch_number,
    customer.reference AS customer_number, identity.full_name, coalesce(party.role, 'borrower') AS party_role,
    (contact.at AT TIME ZONE %(zone)s)::date AS contact_date,
    date_trunc('second', contact.at AT TIME ZONE %(zone)s)::time AS contact_time,
    contact.direction, 'call' AS channel, contact.cause AS line_cause, contact.seconds,
    outcome.spoke_to, outcome.result, outcome.arrears_reason, promise.amount AS promise_amount,
    coalesce(promise.currency, account.currency) AS currency, promise.due_date AS promise_due_date,
    (outcome.next_step_at AT TIME ZONE %(zone)s)::date AS next_step_date,
    date_trunc('second', outcome.next_step_at AT TIME ZONE %(zone)s)::time AS next_step_time,
    collector.username AS collector
FROM (
    SELECT 'C' || call.id AS contact_number, call.account_id, call.customer_id, call.user_id, call.asked_at AS at,
        call.direction, call.cause, call.seconds, spoken.id AS outcome_id
    FROM contact_call AS call
    LEFT JOIN outcomes_outcome AS spoken ON spoken.call_id = call.id
    WHERE call.client_id = %(client_id)s AND call.asked_at >= %(from_at)s AND call.asked_at < %(until_at)s
        AND call.state <> 'not-dialled'
    UNION ALL
    SELECT 'O' || spoken.id, spoken.account_id, spoken.customer_id, spoken.user_id, spoken.at, NULL, NULL, NULL,
        spoken.id
    FROM outcomes_outcome AS spoken
    WHERE spoken.client_id = %(client_id)s AND spoken.call_id IS NULL
        AND spoken.at >= %(from_at)s AND spoken.at < %(until_at)s
) AS contact
LEFT JOIN outcomes_outcome AS outcome ON outcome.id = contact.outcome_id
LEFT JOIN arrangements_promise AS promise ON promise.id = outcome.promise_id
JOIN portfolio_account AS account ON account.id = contact.account_id
JOIN customers_customer AS customer ON customer.id = contact.customer_id
LEFT JOIN customers_identity AS identity ON identity.customer_id = customer.id
LEFT JOIN portfolio_party AS party ON party.account_id = account.id AND party.customer_id = customer.id
LEFT JOIN LATERAL (
    SELECT placed.batch_id
    FROM portfolio_placement AS placed
    WHERE placed.account_id = account.id
    ORDER BY placed.placed_date DESC, placed.id DESC
    LIMIT 1
) AS placement ON TRUE
LEFT JOIN portfolio_batch AS batch ON batch.id = placement.batch_id
LEFT JOIN access_user AS collector ON collector.id = contact.user_id
ORDER BY contact.at, contact.contact_number
