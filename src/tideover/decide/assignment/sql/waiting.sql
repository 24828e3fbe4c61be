-- Work that has no owner who may do it, or whose owner is away while the customer was told of today.
-- engine: duckdb
-- grain: case
-- reads: work, held, absent
SELECT work.case_id, work.client_id, work.owner_id, work.skill, work.language,
    absent.case_id IS NOT NULL AS is_cover, work.turn, work.keeps_off
FROM work LEFT JOIN absent ON absent.case_id = work.case_id
WHERE work.action = 'contact' AND work.case_id NOT IN (SELECT held.case_id FROM held)
    AND coalesce(absent.needs_cover, TRUE)
