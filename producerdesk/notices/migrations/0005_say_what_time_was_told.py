from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_name_project_of_deliveries")]

    operations = [migrations.AddField("delivery", "tells_at", models.DateTimeField(null=True))]
