"""The page for labels: its example really runs against a running desk, and its curl too."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from projects.tokens import make_token
from tests.budgets.conftest import a_line, committed
from tests.calling import Caller
from tests.cast import Cast, make_cast
from tests.services import ROOT

PAGE = (ROOT / "docs" / "api-budget.md").read_text()


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, where the web server sees it."""
    return make_cast()


@pytest.fixture
def environment(site: str, cast: Cast) -> dict[str, str]:
    """A budget with something in it, and a label's token."""
    budget = Caller(cast.ana).post("budgets/", project=cast.project.pk).json()["id"]
    Caller(cast.ana).post(f"budgets/{budget}/lines/", **a_line())
    committed(cast, 37_200)
    committed(cast, 49_600)
    secret = make_token(owner=cast.lena, name="Table", scopes=["budget:read"], days=1)[1]
    return {"DESK": site, "TOKEN": secret, "PATH": "/usr/bin:/bin", "BUDGET": str(budget)}


def block(language: str, number: int = 0) -> str:
    """Return the page's example in this language, the first one or a further one."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number]


@pytest.mark.once
def test_the_python_of_the_page_runs_and_tells_the_whole_ledger(environment: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text(block("python"))
    ran = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "Salt & Neon: 496.00 of 2880.00 EUR",
        "  1 commit 372.00 Vocals",
        "  2 release -372.00 Vocals",
        "  3 commit 496.00 Vocals",
    ]


@pytest.mark.once
def test_every_curl_of_the_page_answers(environment: dict[str, str]) -> None:
    for line in block("sh").replace("/7/", f"/{environment['BUDGET']}/").splitlines():
        for name in ("TOKEN", "DESK"):
            line = line.replace(f"${name}", environment[name])
        curl, _h, header, *rest = shlex.split(line)
        assert (curl, _h) == ("curl", "-H")
        request = Request(rest[-1], headers=dict([header.split(": ", 1)]))  # noqa: S310 - our own test server
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            assert answer.status == 200
            assert answer.read().startswith(b"\xef\xbb\xbflevel," if "-o" in rest else b"{"), line


@pytest.mark.once
def test_the_approval_of_the_page_approves(environment: dict[str, str], cast: Cast) -> None:
    budget = environment["BUDGET"]
    secret = make_token(owner=cast.lena, name="Yes", scopes=["budget:read", "budget:approve"], days=1)[1]
    seen = Caller(cast.lena).get(f"budgets/{budget}/").json()["plan"]["version"]
    text = block("sh", 1).replace("\\\n", " ").replace("$TOKEN", secret).replace("$DESK", environment["DESK"])
    words = shlex.split(text.replace("/7/", f"/{budget}/").replace('"plan": 17', f'"plan": {seen}'))
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    body = words[words.index("-d") + 1].encode()
    with urlopen(Request(words[-1], data=body, headers=headers), timeout=60) as answer:  # noqa: S310
        assert answer.status == 201
    assert Caller(cast.lena).get(f"budgets/{budget}/").json()["plan"]["state"] == "approved"
