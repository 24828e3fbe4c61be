-- what: how the accounts of a batch came to their end, or that they are still worked, or were never late enough for a case
-- grain: one row per cause
-- reads: portfolio_placement, cases_caseaccount
SELECT coalesce(latest.cause, 'never-late') AS cause, count(*) AS accounts_count
FROM portfolio_placement AS placement
LEFT JOIN LATERAL (
    SELECT CASE WHEN joined.left_date IS NULL THEN 'open' ELSE coalesce(joined.left_cause, 'other') END AS cause
    FROM cases_caseaccount AS joined
    WHERE joined.account_id = placement.account_id
    ORDER BY joined.joined_date DESC, joined.id DESC
    LIMIT 1
) AS latest ON TRUE
WHERE placement.batch_id = %(batch_id)s
GROUP BY 1
ORDER BY 2 DESC, 1
