-- what: what a recall file says of each customer whose accounts it takes back
-- grain: one row per customer
-- reads: intake_staged_recall, intake_staged_state, portfolio_account, portfolio_party
SELECT party.customer_id, jsonb_build_object(
    'import_id', %(import_id)s::bigint,
    'count', count(*),
    'account_ids', jsonb_agg(account.id ORDER BY account.id),
    'cause', min(staged.cause),
    'recalled_date', min(staged.recalled_date))
FROM intake_staged_recall AS staged
JOIN intake_staged_state AS judged
    ON judged.run_id = staged.run_id AND judged.record = staged.record AND judged.state = 'new'
JOIN portfolio_account AS account ON account.client_id = %(client_id)s AND account.number = staged.number
JOIN portfolio_party AS party ON party.account_id = account.id AND party.role = 'borrower'
WHERE staged.run_id = %(run_id)s
GROUP BY party.customer_id
