-- what: the accounts whose promise was just judged again, for cases: broken now, or waiting until a day
-- grain: one row per account
-- reads: arrangements_judgement, arrangements_promise
SELECT promise.account_id,
    bool_or(judgement.state_to = 'broken' AND judgement.state_from <> 'broken') AS is_broken,
    (
        SELECT waiting.due_date FROM arrangements_promise AS waiting
        WHERE waiting.account_id = promise.account_id AND waiting.state = 'open'
    ) AS due_date
FROM arrangements_judgement AS judgement
JOIN arrangements_promise AS promise ON promise.id = judgement.promise_id
WHERE judgement.id > %(after_id)s AND promise.client_id = %(client_id)s
GROUP BY promise.account_id
