-- what: how many accounts of a client lack an item
-- grain: one row an item
-- reads: filing_gaps_of
SELECT gap.item, count(DISTINCT gap.account_id)
FROM filing_gaps_of(%(client_id)s, %(items)s::jsonb, %(day)s) AS gap
GROUP BY gap.item
ORDER BY gap.item
