-- what: the products on which promises are open
-- grain: one row per product
-- reads: arrangements_promise, portfolio_account
SELECT DISTINCT account.product
FROM arrangements_promise AS promise
JOIN portfolio_account AS account ON account.id = promise.account_id
WHERE promise.client_id = %(client_id)s AND promise.state = 'open'
