-- what: who may be given work of these clients on the day: which of them, whether they are there, languages,
--       certificates that are valid then, and room
-- grain: one row per active collector, not gone, of a team that was granted one of the clients
-- reads: access_user, staff_membership, staff_clientgrant, staff_certificate, staff_present_on, cases_case, public_work
-- A collector's ceilings are over all clients: what days of other clients have given already takes room.
WITH granted AS (
    SELECT permitted.team_id, string_agg(CAST(permitted.client_id AS text), '|' ORDER BY permitted.client_id) AS client_ids
    FROM staff_clientgrant AS permitted
    WHERE permitted.client_id = ANY (%(client_ids)s)
    GROUP BY permitted.team_id
), member AS (
    SELECT membership.user_id, membership.team_id, granted.client_ids, membership.languages,
        membership.work_items_per_day_max, membership.cases_max, membership.takes_new_cases
    FROM staff_membership AS membership
    JOIN granted ON granted.team_id = membership.team_id
    JOIN access_user AS person ON person.id = membership.user_id
    WHERE person.is_active AND 'collector' = ANY (person.roles)
        AND (membership.left_date IS NULL OR membership.left_date > %(day)s)
), skilled AS (
    SELECT certificate.user_id, string_agg(DISTINCT certificate.skill, '|' ORDER BY certificate.skill) AS skills
    FROM staff_certificate AS certificate
    WHERE certificate.valid_from <= %(at)s AND certificate.valid_until > %(at)s
        AND (certificate.revoked_at IS NULL OR certificate.revoked_at > %(at)s)
    GROUP BY certificate.user_id
), held AS (
    SELECT work.collector_id, count(*) AS items_count
    FROM public_work AS work
    WHERE work.day = %(day)s AND work.client_id <> ALL (%(client_ids)s)
    GROUP BY work.collector_id
), owned AS (
    SELECT cases_case.collector_id, count(*) AS cases_count
    FROM cases_case WHERE cases_case.closed_date IS NULL GROUP BY cases_case.collector_id
)
SELECT
    member.user_id, member.team_id, member.client_ids,
    there.user_id IS NOT NULL AS is_present,
    array_to_string(member.languages, '|') AS languages,
    coalesce(skilled.skills, '') AS skills,
    CAST(member.work_items_per_day_max AS bigint) AS work_items_max,
    coalesce(held.items_count, 0) AS work_items_held_count,
    greatest(member.work_items_per_day_max - coalesce(held.items_count, 0), 0) AS work_items_left,
    CAST(member.cases_max AS bigint) AS cases_max,
    coalesce(owned.cases_count, 0) AS cases_owned_count,
    greatest(member.cases_max - coalesce(owned.cases_count, 0), 0) AS cases_left,
    member.takes_new_cases
FROM member
LEFT JOIN staff_present_on(%(day)s) AS there ON there.user_id = member.user_id
LEFT JOIN skilled ON skilled.user_id = member.user_id
LEFT JOIN held ON held.collector_id = member.user_id
LEFT JOIN owned ON owned.collector_id = member.user_id
