from django.db import migrations, models

from tideover.core.sql import append_only

GAPS = """
CREATE FUNCTION filing_gaps_of(client_id bigint, items jsonb, day date)
RETURNS TABLE (account_id bigint, customer_id bigint, role varchar, item text)
LANGUAGE sql STABLE AS $$
    WITH asked AS (
        SELECT * FROM jsonb_to_recordset($2) AS asked (product text, item text, asks text, of_role text)
    ), placed AS (
        SELECT account.id, account.product
        FROM portfolio_account AS account
        WHERE account.client_id = $1 AND EXISTS (
            SELECT 1 FROM portfolio_placement AS placement
            WHERE placement.account_id = account.id
                AND (placement.ended_date IS NULL OR placement.ended_date > $3)
        )
    ), reached AS (
        SELECT point.customer_id, bool_and(point.source <> '') AS has_sources
        FROM customers_contactpoint AS point
        WHERE point.unusable_since IS NULL
        GROUP BY point.customer_id
    )
    SELECT placed.id, party.customer_id, party.role, asked.item
    FROM placed
    JOIN asked ON asked.product = placed.product
    JOIN portfolio_party AS party ON party.account_id = placed.id
    LEFT JOIN reached ON reached.customer_id = party.customer_id
    WHERE CASE asked.asks
        WHEN 'document' THEN party.role = coalesce(asked.of_role, 'borrower') AND NOT EXISTS (
            SELECT 1 FROM filing_document AS document
            WHERE document.account_id = placed.id AND document.item = asked.item
        )
        WHEN 'instalments' THEN party.role = 'borrower' AND NOT EXISTS (
            SELECT 1 FROM portfolio_instalment AS instalment WHERE instalment.account_id = placed.id
        )
        WHEN 'contact-point' THEN reached.customer_id IS NULL
        WHEN 'contact-source' THEN reached.customer_id IS NOT NULL AND NOT reached.has_sources
    END
$$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("sql", "0002_append_only"),
        ("portfolio", "0003_instalments_and_terms"),
        ("customers", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("client_id", models.BigIntegerField()),
                ("item", models.CharField(help_text="the checklist's item that it is", max_length=60)),
                (
                    "reference",
                    models.CharField(
                        help_text="where it is found: the lender's or the archive's number", max_length=120
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of its content, where somebody had it", max_length=64, null=True
                    ),
                ),
                ("source", models.CharField(help_text="client-file, or staff", max_length=20)),
                ("filed_at", models.DateTimeField()),
                ("filed_by", models.CharField(max_length=80)),
                ("fact_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account_id", "item", "reference"), name="filing_document_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="Archived",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("client_id", models.BigIntegerField()),
                ("closed_date", models.DateField()),
                ("keep_until_date", models.DateField()),
                ("policy_version", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account_id", "closed_date"), name="filing_archived_once")
                ]
            },
        ),
        append_only.keep("filing_document", "filing_archived"),
        migrations.RunSQL(GAPS, "DROP FUNCTION filing_gaps_of(bigint, jsonb, date)"),
    ]
