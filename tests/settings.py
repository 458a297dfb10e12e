"""The product's settings for tests: a data folder and a database of their own, and passwords that are fast to check."""

from tests import services

services.prepare_environment()

from producerdesk.settings import *  # noqa: E402, F403 - these are the product's settings, all of them
from producerdesk.settings import DATA_DIR, DATABASES, ENV  # noqa: E402

# a client of a test begins with these settings anew: it must not look through all static files each time
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if not ENV.production:
    # where a desk on this data folder looks: processes that a test starts share the test's database
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "db.sqlite3"}
