-- what: what each open promise has come to by the payments booked since it was made; a verdict where one is due
-- grain: one row per open promise of which something new is known
-- reads: portfolio_account, portfolio_placement, ledger_posting
-- writes: arrangements_promise
-- A payment that was taken back does not count, nor one whose value date lies before the promise was made (the file
-- that tells of it may come later) or past the promise and its grace. On an account that is no longer placed with us
-- a promise is released: what comes now is the lender's to know, and nobody broke their word.
WITH term AS (
    SELECT * FROM jsonb_to_recordset(%(terms)s::jsonb)
        AS term (product text, kept_from_share numeric, days_of_grace integer)
), open_promise AS (
    SELECT promise.id, promise.account_id, promise.amount, promise.made_at, promise.due_date,
        term.kept_from_share, term.days_of_grace
    FROM arrangements_promise AS promise
    JOIN portfolio_account AS account ON account.id = promise.account_id
    JOIN term ON term.product = account.product
    WHERE promise.client_id = %(client_id)s AND promise.state = 'open' AND promise.made_at <= %(at)s
), paid AS (
    SELECT open_promise.id, sum(-posting.amount) AS amount
    FROM open_promise
    JOIN ledger_posting AS posting ON posting.account_id = open_promise.account_id
        AND posting.kind = 'payment' AND posting.source <> 'history'
        AND posting.booked_at > open_promise.made_at AND posting.booked_at <= %(at)s
        AND posting.value_date >= CAST(open_promise.made_at AT TIME ZONE %(zone)s AS date)
        AND posting.value_date <= open_promise.due_date + open_promise.days_of_grace
    LEFT JOIN ledger_posting AS reversal ON reversal.reverses_id = posting.id AND reversal.booked_at <= %(at)s
    WHERE reversal.id IS NULL
    GROUP BY open_promise.id
), gone AS (
    SELECT open_promise.id
    FROM open_promise
    JOIN portfolio_placement AS placement ON placement.account_id = open_promise.account_id
    GROUP BY open_promise.id
    HAVING bool_and(coalesce(placement.ended_date <= %(day)s, FALSE))
), judged AS (
    SELECT open_promise.id, coalesce(paid.amount, 0) AS paid_amount,
        CASE
            WHEN coalesce(paid.amount, 0) >= open_promise.amount * open_promise.kept_from_share THEN 'kept'
            WHEN gone.id IS NOT NULL THEN 'released'
            WHEN open_promise.due_date + open_promise.days_of_grace + %(lag_days)s >= %(day)s THEN NULL
            WHEN coalesce(paid.amount, 0) > 0 THEN 'partly-kept'
            ELSE 'broken'
        END AS verdict
    FROM open_promise
    LEFT JOIN paid ON paid.id = open_promise.id
    LEFT JOIN gone ON gone.id = open_promise.id
)
UPDATE arrangements_promise AS promise
SET paid_amount = judged.paid_amount, verdict = judged.verdict
FROM judged
WHERE judged.id = promise.id AND promise.state = 'open'
    AND (judged.verdict IS NOT NULL OR judged.paid_amount <> promise.paid_amount)
