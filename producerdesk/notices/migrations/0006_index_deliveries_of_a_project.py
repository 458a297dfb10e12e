from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0005_say_what_time_was_told")]

    operations = [
        migrations.AddIndex("delivery", models.Index(fields=["project_id", "due_at"], name="deliveries_of_a_project"))
    ]
