"""Documents by their reference wait aside as the other rows do."""

from django.db import migrations

FORWARDS = """
CREATE UNLOGGED TABLE intake_staged_document (
    run_id bigint NOT NULL, record bigint NOT NULL, number varchar(80) NOT NULL, item varchar(60) NOT NULL,
    reference varchar(120) NOT NULL, digest varchar(64), document_date date
);
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_late_files")]
    operations = [migrations.RunSQL(FORWARDS, "DROP TABLE intake_staged_document;")]
