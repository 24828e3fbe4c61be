-- what: the accounts whose promise was just judged, for cases
-- grain: one row per account
-- reads: arrangements_promise
SELECT promise.account_id, promise.verdict = 'broken' AS is_broken
FROM arrangements_promise AS promise
WHERE promise.client_id = %(client_id)s AND promise.state = 'open' AND promise.verdict IS NOT NULL
