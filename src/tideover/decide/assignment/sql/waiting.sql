-- Work that has no owner who may do it.
-- engine: duckdb
-- grain: case
-- reads: work, held
SELECT work.case_id, work.owner_id, work.skill, work.language, work.turn
FROM work
WHERE work.action = 'contact' AND work.case_id NOT IN (SELECT held.case_id FROM held)
