from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("studio_sessions", "0018_add_kind_of_room")]

    operations = [
        migrations.AddField("pollreply", "version", models.PositiveIntegerField(default=1, editable=False)),
        # of replies that are there already, both say when this was run
        migrations.AddField("pollreply", "created_at", models.DateTimeField(auto_now_add=True)),
        migrations.AddField("pollreply", "updated_at", models.DateTimeField(auto_now=True)),
    ]
