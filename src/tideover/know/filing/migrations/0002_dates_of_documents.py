"""A document may say of what date it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("filing", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="document",
            name="document_date",
            field=models.DateField(help_text="the date that it bears, where somebody said so", null=True),
        ),
    ]
