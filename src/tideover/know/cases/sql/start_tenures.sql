-- what: each collector who was just given a case begins a tenure
-- grain: one row per case that changed hands in this transaction
-- reads: cases_daychange
-- writes: cases_tenure
INSERT INTO cases_tenure (case_id, collector_id, from_at, cause)
SELECT change.case_id, CAST(change.body ->> 'collector_id' AS bigint), %(at)s, change.body ->> 'cause'
FROM cases_daychange AS change
WHERE change.kind IN ('collector-assigned', 'collector-changed')
ORDER BY change.case_id
