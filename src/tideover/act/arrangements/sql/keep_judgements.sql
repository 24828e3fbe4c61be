-- what: what each promise was just judged to be, kept for good
-- grain: one row per promise judged
-- reads: arrangements_promise
-- writes: arrangements_judgement
INSERT INTO arrangements_judgement (promise_id, day, state_from, state_to, paid_amount, cause, at)
SELECT promise.id, %(day)s, 'open', promise.verdict, promise.paid_amount,
    CASE WHEN promise.verdict = 'released' THEN 'no-longer-ours' ELSE 'judged' END, %(at)s
FROM arrangements_promise AS promise
WHERE promise.client_id = %(client_id)s AND promise.state = 'open' AND promise.verdict IS NOT NULL
ORDER BY promise.id
