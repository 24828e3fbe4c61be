from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rehearsal", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="demo",
            name="loans_count",
            field=models.IntegerField(default=0, help_text="of the second lender; 0: there is none"),
        ),
    ]
