-- what: in which batch the leading account of each work item of some days lay on its day, as boards count and list it
-- grain: one row per work item; one whose account is in no batch any more is left out
-- reads: assignment_workitem, portfolio_placement
SELECT item.id AS item_id, placed.batch_id
FROM assignment_workitem AS item
JOIN LATERAL (
    SELECT placement.batch_id FROM portfolio_placement AS placement
    WHERE placement.account_id = item.lead_account_id
        AND (placement.ended_date IS NULL OR placement.ended_date > item.day)
    ORDER BY placement.placed_date DESC, placement.id DESC LIMIT 1
) AS placed ON TRUE
WHERE item.day = ANY (%(days)s)
