"""What the API's description leaves out."""

import pytest
from drf_spectacular.generators import SchemaGenerator

pytestmark = pytest.mark.once


def test_what_is_refused_to_everybody_is_not_described() -> None:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    assert "get" in paths["/api/v1/takes/"]
    assert "get" in paths["/api/v1/take-logs/{id}/"]
    for nobodys in ("take-logs/", "input-lists/", "comp-maps/", "call-sheets/", "feeds/{id}/"):
        assert "get" not in paths.get(f"/api/v1/{nobodys}", {}), nobodys
