-- Whoever owns a case keeps it, if in a team that may work for the client and certified for the step, whether or not
-- today's list has room for it. Of an owner who is away today nothing is on a list: it stays theirs and waits, or is
-- covered. An owner of whom the customer complained keeps off, and somebody else works the case meanwhile. A review belongs to a leader, a missing contact point to the lender: neither changes an owner.
-- engine: duckdb
-- grain: case
-- reads: work, collector_day
SELECT work.case_id, work.owner_id AS collector_id, 'kept' AS assigned_cause, FALSE AS is_new, FALSE AS is_cover,
    work.turn
FROM work JOIN collector_day AS collector ON collector.user_id = work.owner_id
WHERE work.action = 'contact' AND list_contains(collector.skills, work.skill)
    AND list_contains(collector.client_ids, work.client_id) AND collector.is_present AND NOT work.keeps_off
