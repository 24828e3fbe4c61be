from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_complaints")]

    operations = [
        migrations.AddField(
            model_name="dayaccount",
            name="is_settled",
            field=models.BooleanField(
                default=False, help_text="nothing is left to ask for, now or later, beyond the product's tail"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="dayaccount",
            name="ended_cause",
            field=models.CharField(help_text="why it is no longer placed", max_length=20, null=True),
        ),
    ]
