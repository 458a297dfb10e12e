"""What a page may load, and what the API's answers may."""

from django.test import Client

from tests.calling import Caller
from tests.cast import Cast


def test_a_page_loads_our_own_alone_and_an_answer_of_the_api_nothing(cast: Cast) -> None:
    ana = Caller(cast.ana)
    page = ana.page("/projects/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in page and "'unsafe-inline'" not in page
    for answer in (ana.get("projects/"), ana.get("projects/999/"), Client().get("/api/v1/nothing/")):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
