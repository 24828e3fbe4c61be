-- what: how the payments that were just entered are used, by component, in the order of each product's policy
-- grain: one row per payment and component
-- reads: payments_payment, portfolio_account, clients_client, ledger_debts_at
-- What is owed beside instalments is served first, in the order of the product's policy, then instalment by
-- instalment, the oldest first and each in that order. An account's debts lie end to end in the order in which they
-- are served, its payments end to end by value date; where the two overlap, money goes to a component. The last
-- component has no end: what is over is its credit.
WITH payment AS (
    SELECT payment.account_id, payment.currency, payment.value_date, payment.booked_at, payment.reference,
        sum(payment.amount) OVER spent - payment.amount AS starts,
        sum(payment.amount) OVER spent AS ends
    FROM payments_payment AS payment
    WHERE payment.fact_id = %(fact_id)s
    WINDOW spent AS (
        PARTITION BY payment.account_id ORDER BY payment.value_date, payment.reference, payment.id
    )
), place AS (
    SELECT * FROM jsonb_to_recordset(%(places)s::jsonb) AS place (product text, component text, place integer)
), today AS (
    SELECT CAST(%(at)s AT TIME ZONE client.zone AS date) AS day
    FROM clients_client AS client WHERE client.id = %(client_id)s
), owed AS (
    SELECT account.id AS account_id, place.place, coalesce(debt.component, 'as-stated') AS component,
        coalesce(debt.amount, 0) AS amount, coalesce(debt.rank, 0) AS rank, debt.due_date, debt.number
    FROM portfolio_account AS account
    LEFT JOIN ledger_debts_at(
        %(client_id)s, (SELECT today.day FROM today), %(at)s,
        (SELECT array_agg(DISTINCT payment.account_id) FROM payment)
    ) AS debt ON debt.account_id = account.id
    JOIN place ON place.product = account.product
        AND place.component = split_part(coalesce(debt.component, 'as-stated'), ':', 1)
    WHERE account.id IN (SELECT payment.account_id FROM payment)
), span AS (
    SELECT owed.account_id, owed.component,
        sum(owed.amount) OVER served - owed.amount AS starts,
        CASE
            WHEN lead(owed.component) OVER served IS NULL THEN 'Infinity'::numeric
            ELSE sum(owed.amount) OVER served
        END AS ends
    FROM owed
    WINDOW served AS (
        PARTITION BY owed.account_id
        ORDER BY owed.rank, owed.due_date, owed.number, owed.place, owed.component COLLATE "C"
    )
)
SELECT payment.account_id, span.component,
    sum(least(payment.ends, span.ends) - greatest(payment.starts, span.starts)) AS amount,
    payment.currency, payment.value_date, payment.booked_at, payment.reference
FROM payment
JOIN span ON span.account_id = payment.account_id
    AND least(payment.ends, span.ends) > greatest(payment.starts, span.starts)
GROUP BY payment.account_id, span.component, payment.currency, payment.value_date, payment.booked_at,
    payment.reference
