"""The contract's rate waits aside too; of a contract that is not placed, how late it is may be unknown."""

from django.db import migrations

FORWARDS = """
ALTER TABLE intake_staged_account
    ADD COLUMN annual_rate numeric(9, 6), ALTER COLUMN dpd DROP NOT NULL, ALTER COLUMN dpd_basis DROP NOT NULL;
"""
BACKWARDS = """
ALTER TABLE intake_staged_account
    DROP COLUMN annual_rate, ALTER COLUMN dpd SET NOT NULL, ALTER COLUMN dpd_basis SET NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_staging_of_instalments_and_parties")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
