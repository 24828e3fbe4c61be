-- The cases of one need (a skill and a language) that have no owner who may work them are spread evenly over those
-- who may: each free seat has a level, the number of items that its collector would then hold; the lowest seats are
-- taken first, the most urgent cases sit first, and lots break ties. Lots are hashes of the case or the collector
-- with the day, so no id is favoured.
-- engine: duckdb
-- grain: case
-- reads: work, taken, collector_day
WITH waiting AS (
    SELECT
        work.case_id, work.owner_id,
        row_number() OVER (
            ORDER BY work.urgency, work.due_at, work.stage_deadline_date, work.amount_tenth, work.lot
        ) AS turn
    FROM work
    WHERE work.skill = $skill
        AND work.language IS NOT DISTINCT FROM $language
        AND work.action <> 'review'
        AND work.case_id NOT IN (SELECT taken.case_id FROM taken)
), held AS (
    SELECT
        taken.collector_id, count(*) AS items_count,
        count(*) FILTER (taken.assigned_cause <> 'kept') AS new_count
    FROM taken WHERE taken.collector_id IS NOT NULL GROUP BY taken.collector_id
), able AS (
    SELECT
        collector.user_id, coalesce(held.items_count, 0) AS items_count,
        greatest(0, least(
            collector.work_items_left - coalesce(held.items_count, 0),
            collector.cases_left - coalesce(held.new_count, 0)
        )) AS seats_count
    FROM collector_day AS collector LEFT JOIN held ON held.collector_id = collector.user_id
    WHERE collector.takes_new_cases
        AND list_contains(collector.skills, $skill)
        AND ($language IS NULL OR list_contains(collector.languages, $language))
), seat AS (
    SELECT able.user_id, able.items_count + seats.number AS level
    FROM able, LATERAL (SELECT unnest(generate_series(1, able.seats_count)) AS number) AS seats
), ordered AS (
    SELECT seat.user_id, row_number() OVER (ORDER BY seat.level, md5(seat.user_id || $salt)) AS turn
    FROM seat
)
SELECT
    waiting.case_id,
    ordered.user_id AS collector_id,
    CASE
        WHEN ordered.user_id IS NULL THEN NULL
        WHEN waiting.owner_id IS NULL THEN 'first-assignment'
        WHEN waiting.owner_id IN (SELECT collector_day.user_id FROM collector_day) THEN 'certificate-ended'
        ELSE 'collector-left'
    END AS assigned_cause,
    CASE
        WHEN ordered.user_id IS NOT NULL THEN NULL
        WHEN NOT EXISTS (
            SELECT 1 FROM collector_day WHERE list_contains(collector_day.skills, $skill)
        ) THEN 'no-certificate'
        WHEN $language IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM collector_day
            WHERE list_contains(collector_day.skills, $skill) AND list_contains(collector_day.languages, $language)
        ) THEN 'no-language'
        ELSE 'no-capacity'
    END AS uncovered_cause
FROM waiting LEFT JOIN ordered ON ordered.turn = waiting.turn
