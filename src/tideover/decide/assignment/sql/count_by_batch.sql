-- what: a day's work by the batch in which its leading account was placed; what fell away since is no work any more,
--   and what lies with somebody whose certificate has ended is nobody's
-- grain: one row per batch; work whose account is in no batch any more is left out
-- reads: assignment_workitem, portfolio_batch, in_scope, in_batches
-- in_scope is the relation of cases: those that whoever asks may see; in_batches is batch_of_items.
SELECT batch.id, batch.number, batch.until_date, count(*) AS items_count, count(item.done_at) AS done_count,
    count(*) FILTER (WHERE item.uncovered_cause = ANY (%(waiting)s)) AS waiting_count,
    count(*) FILTER (
        WHERE item.uncovered_cause <> ALL (%(waiting)s) OR item.id = ANY (%(lapsed)s)
    ) AS uncovered_count
FROM assignment_workitem AS item
JOIN in_batches AS placed ON placed.item_id = item.id
JOIN portfolio_batch AS batch ON batch.id = placed.batch_id
WHERE item.client_id = %(of_client)s AND item.day = %(day)s
    AND item.case_id IN (SELECT seen.id FROM in_scope AS seen)
    AND (item.done_at IS NOT NULL OR item.case_id <> ALL (%(fallen)s))
GROUP BY batch.id, batch.number, batch.until_date
ORDER BY batch.until_date NULLS LAST, batch.number
