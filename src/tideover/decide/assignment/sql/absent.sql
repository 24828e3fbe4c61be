-- Cases whose owner may work them and is away today: what was agreed with the customer (a call-back, a promise that is
-- due or was broken) is covered for the day by somebody else; the rest waits. Of an owner who is
-- complained of everything is covered. The owner stays the owner.
-- engine: duckdb
-- grain: case
-- reads: work, collector_day
SELECT work.case_id, work.needs_cover OR work.keeps_off AS needs_cover
FROM work JOIN collector_day AS collector ON collector.user_id = work.owner_id
WHERE work.action = 'contact' AND list_contains(collector.skills, work.skill)
    AND list_contains(collector.client_ids, work.client_id) AND (work.keeps_off OR NOT collector.is_present)
