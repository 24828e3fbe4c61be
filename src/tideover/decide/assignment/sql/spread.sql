-- The cases of one need (a client, a skill and a language) that wait are given to those who may do them. A collector has as
-- many seats for new cases as both ceilings allow; what is covered for the day takes room in the day alone. Nobody sits on some; on each of the others sits something that
-- gives way only to what is more urgent, the least urgent first. Free seats are taken first, the lowest level first (the
-- items that their collector would then hold), so days become even; lots break ties. The most urgent case sits first;
-- a case that is not more urgent than what would have to give way waits, and so does every one after it. Lots are
-- hashes of the collector with the day, so no id is favoured. Whoever is complained of covers nothing of the same need
-- that day, so that nobody is given the case from which they keep off.
-- engine: duckdb
-- grain: case
-- reads: waiting, held, collector_day
WITH queued AS (
    SELECT
        waiting.case_id, waiting.owner_id, waiting.turn, row_number() OVER (ORDER BY waiting.turn) AS place
    FROM waiting
    WHERE waiting.client_id = $client_id AND waiting.skill = $skill
        AND waiting.language IS NOT DISTINCT FROM $language AND waiting.is_cover = $is_cover
), today AS (
    SELECT
        held.collector_id, held.turn, held.is_new,
        row_number() OVER (PARTITION BY held.collector_id ORDER BY held.turn) AS place,
        row_number() OVER (PARTITION BY held.collector_id, held.is_new ORDER BY held.turn) AS place_of_kind,
        count(*) OVER (PARTITION BY held.collector_id) AS items_count
    FROM held
), able AS (
    SELECT
        collector.user_id, collector.work_items_left, collector.cases_left,
        least(coalesce(any_value(today.items_count), 0), collector.work_items_left) AS items_count
    FROM collector_day AS collector LEFT JOIN today ON today.collector_id = collector.user_id
    WHERE collector.is_present AND (collector.takes_new_cases OR $is_cover)
        AND NOT ($is_cover AND collector.user_id IN (
            SELECT waiting.owner_id FROM waiting WHERE waiting.is_cover AND waiting.keeps_off
        ))
        AND list_contains(collector.client_ids, $client_id)
        AND list_contains(collector.skills, $skill)
        AND ($language IS NULL OR list_contains(collector.languages, $language))
    GROUP BY collector.user_id, collector.work_items_left, collector.cases_left
), seat AS (
    SELECT able.user_id, able.items_count + seats.number AS level, able.work_items_left - seats.number + 1 AS place,
        CASE WHEN NOT $is_cover THEN able.cases_left - seats.number + 1 END AS place_of_new
    FROM able, LATERAL (
        SELECT unnest(generate_series(
            1, CASE WHEN $is_cover THEN able.work_items_left ELSE least(able.work_items_left, able.cases_left) END
        )) AS number
    ) AS seats
), sat AS (
    SELECT
        seat.user_id, seat.level,
        least(
            coalesce(sitting.turn, 9223372036854775807), coalesce(newcomer.turn, 9223372036854775807)
        ) AS gives_way_before
    FROM seat
    LEFT JOIN today AS sitting ON sitting.collector_id = seat.user_id AND sitting.place = seat.place
    LEFT JOIN today AS newcomer ON newcomer.collector_id = seat.user_id AND newcomer.is_new
        AND newcomer.place_of_kind = seat.place_of_new
), ordered AS (
    SELECT
        sat.user_id, sat.gives_way_before,
        row_number() OVER (ORDER BY sat.gives_way_before DESC, sat.level, md5(sat.user_id || $salt)) AS place
    FROM sat
)
SELECT
    queued.case_id,
    ordered.user_id AS collector_id,
    CASE
        WHEN $is_cover THEN 'cover'
        WHEN queued.owner_id IS NULL THEN 'first-assignment'
        WHEN queued.owner_id IN (
            SELECT collector_day.user_id FROM collector_day WHERE list_contains(collector_day.client_ids, $client_id)
        ) THEN 'certificate-ended'
        ELSE 'collector-left'
    END AS assigned_cause,
    NOT $is_cover AS is_new,
    $is_cover AS is_cover,
    queued.turn
FROM queued JOIN ordered ON ordered.place = queued.place AND queued.turn < ordered.gives_way_before
