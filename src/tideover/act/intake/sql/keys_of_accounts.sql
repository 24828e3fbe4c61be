-- what: the accounts that some imports stated
-- grain: one row per account
-- reads: portfolio_account, portfolio_standing
SELECT DISTINCT account.number
FROM portfolio_standing AS standing
JOIN portfolio_account AS account ON account.id = standing.account_id
WHERE account.client_id = %(client_id)s AND standing.import_id = ANY (%(import_ids)s::bigint[])
