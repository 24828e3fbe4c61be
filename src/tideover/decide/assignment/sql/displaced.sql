-- New cases, and those covered for the day, that had a seat and must give it to something more urgent: they wait again, and may find another.
-- engine: duckdb
-- grain: case
-- reads: held, collector_day
WITH today AS (
    SELECT
        held.case_id, held.collector_id, held.is_new, held.is_cover,
        row_number() OVER (PARTITION BY held.collector_id ORDER BY held.turn) AS place,
        row_number() OVER (PARTITION BY held.collector_id, held.is_new ORDER BY held.turn) AS place_of_kind
    FROM held
)
SELECT today.case_id
FROM today JOIN collector_day AS collector ON collector.user_id = today.collector_id
WHERE (today.is_new OR today.is_cover) AND today.place > collector.work_items_left
    OR today.is_new AND today.place_of_kind > collector.cases_left
