-- what: what the files of a client's placed accounts lack, from a row on
-- grain: one row an item that is missing, of one party of one account
-- reads: filing_gaps_of, portfolio_account
SELECT account.client_id, gap.account_id, account.number, gap.customer_id, gap.role, account.product, gap.item
FROM filing_gaps_of(%(client_id)s, %(items)s::jsonb, %(day)s) AS gap
JOIN portfolio_account AS account ON account.id = gap.account_id
WHERE (%(item)s::text IS NULL OR gap.item = %(item)s)
    AND (%(account_id)s::bigint IS NULL OR gap.account_id = %(account_id)s)
    AND (account.number, gap.item, gap.customer_id) > (%(after_number)s, %(after_item)s, %(after_customer_id)s)
ORDER BY account.number, gap.item, gap.customer_id
LIMIT %(limit)s
