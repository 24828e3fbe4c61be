-- what: a customer's contracts with one client beside those of a case, the running ones first
-- grain: one row an account
-- reads: portfolio_contracts_on, portfolio_account
SELECT account.id, account.number, account.product, account.currency, account.opened_date, contract.role,
    contract.is_placed, contract.is_finished, contract.instalments_count, contract.paid_count,
    contract.paid_late_count, contract.unpaid_count, contract.last_paid_date, contract.longest_late_days
FROM portfolio_contracts_on(%(client_id)s::bigint, %(day)s::date, %(customer_id)s::bigint, FALSE) AS contract
JOIN portfolio_account AS account ON account.id = contract.account_id
WHERE account.id <> ALL (%(besides)s::bigint[])
ORDER BY contract.is_finished, account.opened_date DESC NULLS LAST, account.number
