-- what: the accounts that some imports recalled
-- grain: one row per account
-- reads: portfolio_account, portfolio_placement
SELECT DISTINCT account.number
FROM portfolio_placement AS placement
JOIN portfolio_account AS account ON account.id = placement.account_id
WHERE account.client_id = %(client_id)s AND placement.ended_import_id = ANY (%(import_ids)s::bigint[])
