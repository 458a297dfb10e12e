from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_bundle_deliveries")]

    operations = [migrations.AddField("delivery", "project_id", models.BigIntegerField(null=True))]
