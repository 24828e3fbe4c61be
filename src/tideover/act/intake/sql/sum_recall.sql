-- what: recalled accounts, and what they owed by our books at the cut-off, by currency
-- grain: one row per currency
-- reads: intake_staged_recall, portfolio_account, ledger_owed_at
SELECT account.currency, NULL::text AS bucket, count(*), coalesce(sum(owed.owed_amount), 0)
FROM intake_staged_recall AS staged
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
LEFT JOIN ledger_owed_at(%(client_id)s, %(cut_off_at)s) AS owed ON owed.account_id = account.id
WHERE staged.run_id = %(run_id)s
GROUP BY account.currency
ORDER BY account.currency
