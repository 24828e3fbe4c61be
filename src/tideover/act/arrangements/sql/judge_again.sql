-- what: promises on accounts of which money was taken back, with what they come to without it; those that differ
-- grain: one row per promise that is no longer what it was judged to be
-- reads: given, arrangements_promise, portfolio_account, ledger_posting
-- writes: arrangements_promise, arrangements_judgement
-- A promise whose time has not run out is open again, unless the customer has promised anew since.
WITH term AS (
    SELECT * FROM jsonb_to_recordset(%(terms)s::jsonb)
        AS term (product text, kept_from_share numeric, days_of_grace integer)
), judged_before AS (
    SELECT promise.id, promise.account_id, promise.amount, promise.made_at, promise.due_date, promise.state,
        promise.paid_amount, term.kept_from_share, term.days_of_grace
    FROM arrangements_promise AS promise
    JOIN given ON given.account_id = promise.account_id
    JOIN portfolio_account AS account ON account.id = promise.account_id
    JOIN term ON term.product = account.product
    WHERE promise.client_id = %(client_id)s AND promise.state IN ('kept', 'partly-kept')
), paid AS (
    SELECT judged_before.id, sum(-posting.amount) AS amount
    FROM judged_before
    JOIN ledger_posting AS posting ON posting.account_id = judged_before.account_id
        AND posting.kind = 'payment' AND posting.source <> 'history'
        AND posting.booked_at > judged_before.made_at AND posting.booked_at <= %(at)s
        AND posting.value_date >= CAST(judged_before.made_at AT TIME ZONE %(zone)s AS date)
        AND posting.value_date <= judged_before.due_date + judged_before.days_of_grace
    LEFT JOIN ledger_posting AS reversal ON reversal.reverses_id = posting.id AND reversal.booked_at <= %(at)s
    WHERE reversal.id IS NULL
    GROUP BY judged_before.id
), newest AS (
    SELECT promise.account_id, max(promise.id) AS id
    FROM arrangements_promise AS promise
    JOIN given ON given.account_id = promise.account_id
    GROUP BY promise.account_id
), found AS (
    SELECT judged_before.id, judged_before.state AS state_from, judged_before.paid_amount AS paid_before,
        coalesce(paid.amount, 0) AS paid_amount,
        CASE
            WHEN coalesce(paid.amount, 0) >= judged_before.amount * judged_before.kept_from_share THEN 'kept'
            WHEN judged_before.due_date + judged_before.days_of_grace + %(lag_days)s >= %(day)s
                AND newest.id = judged_before.id THEN 'open'
            WHEN coalesce(paid.amount, 0) > 0 THEN 'partly-kept'
            ELSE 'broken'
        END AS state_to
    FROM judged_before
    JOIN newest ON newest.account_id = judged_before.account_id
    LEFT JOIN paid ON paid.id = judged_before.id
), changed AS (
    UPDATE arrangements_promise AS promise
    SET state = found.state_to, paid_amount = found.paid_amount,
        judged_date = CASE WHEN found.state_to = 'open' THEN NULL ELSE %(day)s::date END
    FROM found
    WHERE promise.id = found.id AND found.paid_amount < found.paid_before
    RETURNING promise.id, found.state_from, found.state_to, found.paid_amount
)
INSERT INTO arrangements_judgement (promise_id, day, state_from, state_to, paid_amount, cause, at)
SELECT changed.id, %(day)s, changed.state_from, changed.state_to, changed.paid_amount, 'payment-reversed', %(at)s
FROM changed
ORDER BY changed.id
