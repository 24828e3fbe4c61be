"""How late an account was said to be is not asked of a cut-off that still contained a payment since taken back.

What the lender stated before that payment binds again, until a cut-off that knows of the reversal: the old DPD.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("tideover.know.ledger.migrations.0004_instalments").STANDING
_LATENESS = _BEFORE[: _BEFORE.index("$$;") + 3]
_CONTAINED = """
    ), mistaken AS (
        SELECT DISTINCT standing.id
        FROM ledger_posting AS reversal
        JOIN ledger_posting AS paid ON paid.id = reversal.reverses_id
        JOIN account ON account.id = paid.account_id
        JOIN portfolio_standing AS standing ON standing.account_id = paid.account_id
        CROSS JOIN LATERAL (
            SELECT (standing.cut_off_date + 1)::timestamp AT TIME ZONE client.zone AS at
            FROM clients_client AS client WHERE client.id = $1
        ) AS cut_off
        WHERE reversal.reverses_id IS NOT NULL AND reversal.booked_at <= $3
            AND paid.booked_at <= cut_off.at AND reversal.booked_at > cut_off.at
    ), stated AS ("""


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(f"the function of 0004 has changed: {old}")
    return text.replace(old, new)


FORWARDS = _replaced(_LATENESS, "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
FORWARDS = _replaced(FORWARDS, "\n    ), stated AS (", _CONTAINED)
FORWARDS = _replaced(
    FORWARDS,
    "        JOIN account ON account.id = standing.account_id\n        WHERE standing.cut_off_date <= $2\n"
    "        ORDER BY standing.account_id, standing.cut_off_date DESC\n",
    "        JOIN account ON account.id = standing.account_id\n"
    "        LEFT JOIN mistaken ON mistaken.id = standing.id\n        WHERE standing.cut_off_date <= $2\n"
    "        ORDER BY standing.account_id, mistaken.id IS NOT NULL, standing.cut_off_date DESC\n",
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_debts_and_breaks")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
