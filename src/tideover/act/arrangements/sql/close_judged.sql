-- what: a verdict becomes the promise's state
-- grain: one row per promise judged
-- writes: arrangements_promise
UPDATE arrangements_promise
SET state = verdict, verdict = NULL, judged_date = %(day)s
WHERE client_id = %(client_id)s AND state = 'open' AND verdict IS NOT NULL
