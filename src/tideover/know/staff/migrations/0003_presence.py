"""Who is there on a day, for sets: the rota, less leave and whoever has left."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION staff_present_on(day date) RETURNS TABLE (user_id bigint) LANGUAGE sql STABLE AS $$
    SELECT membership.user_id
    FROM staff_membership AS membership
    JOIN access_user AS person ON person.id = membership.user_id AND person.is_active
    LEFT JOIN LATERAL (
        SELECT rota.weekdays FROM staff_workingdays AS rota
        WHERE rota.user_id = membership.user_id AND rota.from_date <= $1
        ORDER BY rota.from_date DESC LIMIT 1
    ) AS rota ON TRUE
    WHERE (membership.left_date IS NULL OR membership.left_date > $1)
        AND (rota.weekdays IS NULL OR extract(isodow FROM $1)::smallint = ANY (rota.weekdays))
        AND NOT EXISTS (
            SELECT 1 FROM staff_leave AS away
            WHERE away.user_id = membership.user_id AND away.withdrawn_at IS NULL
                AND away.from_date <= $1 AND away.until_date > $1
        )
$$;
"""

BACKWARDS = "DROP FUNCTION staff_present_on(date);"


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_rota"), ("access", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
