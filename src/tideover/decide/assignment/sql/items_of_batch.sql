-- what: the work items of some days whose leading account was placed in a batch, as the board counts them
-- grain: one row per work item
-- reads: assignment_workitem, portfolio_placement
SELECT item.id
FROM assignment_workitem AS item
JOIN LATERAL (
    SELECT placement.batch_id FROM portfolio_placement AS placement
    WHERE placement.account_id = item.lead_account_id
        AND (placement.ended_date IS NULL OR placement.ended_date > item.day)
    ORDER BY placement.placed_date DESC, placement.id DESC LIMIT 1
) AS placed ON TRUE
WHERE item.day = ANY (%(days)s) AND placed.batch_id = %(batch_id)s
