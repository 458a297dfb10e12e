"""Receipts: what is kept and served, how large it may be, and what is refused."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image

from budgets import receipts
from budgets.models import Budget, Expense, Receipt
from tests.budgets.conftest import PDF, an_expense, picture, spend
from tests.calling import Caller
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _november() -> Any:
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        yield


def send(caller: Caller, path: str, content: bytes, name: str = "receipt.pdf", **said: Any) -> Any:
    data = {"receipt": SimpleUploadedFile(name, content, "text/html")} | said
    return caller.client.post(f"/api/v1/{path}", data)


def kept_at() -> str:
    """Return where the one receipt is kept."""
    return str(Receipt.objects.get().file.name)


@pytest.mark.parametrize(
    ("content", "media_type", "suffix"),
    [
        (PDF, "application/pdf", "pdf"),
        (picture("PNG"), "image/png", "png"),
        (picture("JPEG"), "image/jpeg", "jpg"),
        (picture("WEBP"), "image/webp", "webp"),
    ],
    ids=["pdf", "png", "jpeg", "webp"],
)
def test_a_receipt_is_kept_privately_and_served_as_a_file_to_save(
    cast: Cast, ana: Caller, budget: Budget, content: bytes, media_type: str, suffix: str
) -> None:
    expense = spend(ana, budget)
    path = f"expenses/{expense['id']}/receipt/"
    assert ana.get(path).status_code == 404
    told = send(ana, path, content, name='../../etc/pa"ss\r\nwd<b>.html')
    assert told.status_code == 200, told.content
    assert told.json()["receipt"]["media_type"] == media_type
    assert told.json()["receipt"]["name"].endswith(f".{suffix}") and "/" not in told.json()["receipt"]["name"]
    served = Caller(cast.lena).get(path)
    assert b"".join(served.streaming_content) == content
    assert served.headers["Content-Type"] == media_type
    assert served.headers["Content-Disposition"].startswith("attachment;")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served.headers["Content-Security-Policy"]
    assert "no-store" in served.headers["Cache-Control"]
    kept = kept_at()
    assert kept.startswith(f"receipts/{budget.pk}/") and "wd" not in kept, "nothing of the sender's name"
    assert Caller(cast.nora).get(path).status_code == 403
    assert Caller(cast.cleo).get(path).status_code == 404
    assert Caller().client.get(f"/media/{kept}").status_code == 404


def _zipped(before: bytes) -> bytes:
    out = io.BytesIO(before)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("evil.class", "x")
    return out.getvalue()


def _wide(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


# what is large is made by the test that sends it
HOSTILE: dict[str, bytes | Callable[[], bytes]] = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": picture("GIF"),
    "empty": b"",
    "text": b"hello",
    "png and page": picture("PNG") + b"<html><script>alert(1)</script>",
    "jpeg and page": picture("JPEG") + b"<!DOCTYPE html><body>",
    "png and pdf": picture("PNG") + PDF,
    "png and archive": _zipped(picture("PNG")),
    "pdf and archive": _zipped(PDF[:-1]) + b"\n%%EOF",
    "pdf after a page": b"<html>" + PDF,
    "pdf that opens as a page": PDF[:9] + b"<script>alert(1)</script>" + PDF[9:],
    "pdf cut off": PDF[:40],
    "png cut off": picture("PNG", (400, 400))[:60],
    "large picture": lambda: _wide(8_000),
    "huge picture": lambda: _wide(20_000),
    "large file": lambda: b"%PDF-1.4" + b"0" * receipts.LARGEST_FILE + b"%%EOF",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_receipt_is_refused_and_nothing_is_kept(ana: Caller, budget: Budget, what: str) -> None:
    expense, made = spend(ana, budget), HOSTILE[what]
    content = made() if callable(made) else made
    answer = send(ana, f"expenses/{expense['id']}/receipt/", content, name="receipt.pdf")
    assert answer.status_code == 400 and list(answer.json()["fields"]) == ["receipt"], answer.content
    flat = {name: value for name, value in an_expense().items() if name != "amount"}
    flat |= {"amount.amount": "1.00", "amount.currency": "EUR"}
    again = send(ana, f"budgets/{budget.pk}/expenses/", content, name="a.png", **flat)
    assert again.status_code == 400 and Expense.objects.count() == 1 and not Receipt.objects.exists()
    assert not default_storage.exists("receipts") or not any(default_storage.listdir(f"receipts/{budget.pk}"))


def test_a_photo_and_a_scan_as_large_as_they_come_are_kept(ana: Caller, budget: Budget) -> None:
    path = f"expenses/{spend(ana, budget)['id']}/receipt/"
    end = b"\n%%EOF\n"
    scan = PDF + b"0" * (receipts.LARGEST_FILE - len(PDF) - len(end)) + end
    told = send(ana, path, scan)
    assert told.status_code == 200, told.content
    assert told.json()["receipt"]["size"] == len(scan) == 25 * 2**20
    served = ana.get(path)
    assert hashlib.sha256(b"".join(served.streaming_content)).digest() == hashlib.sha256(scan).digest()


def test_a_large_file_goes_to_the_disk_and_not_into_memory(
    ana: Caller, budget: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    check = receipts.check

    def watched(file: Any, name: str) -> Any:
        seen.append(file)
        return check(file, name)

    monkeypatch.setattr("budgets.api.expenses.check", watched)
    path = f"expenses/{spend(ana, budget)['id']}/receipt/"
    assert send(ana, path, PDF + b"0" * 6_000_000 + b"\n%%EOF\n").status_code == 200
    assert isinstance(seen[0], TemporaryUploadedFile)


@pytest.mark.parametrize("page", [False, True])
def test_more_than_a_receipt_may_be_is_refused_in_words(ana: Caller, budget: Budget, page: bool) -> None:
    path = f"expenses/{spend(ana, budget)['id']}/receipt/"
    over = send(ana, path, b"%PDF-" + b"0" * receipts.LARGEST_FILE)
    assert over.json()["fields"] == {"receipt": ["This file is too large: at most 25 MB."]}
    file = SimpleUploadedFile("scan.pdf", b"0" * settings.LARGEST_FORM)
    far_over = ana.client.post(f"/{path}" if page else f"/api/v1/{path}", {"receipt": file})
    assert far_over.status_code == 413 and b"at most 26 MB" in far_over.content


def test_only_a_form_with_a_file_may_be_so_large(ana: Caller, budget: Budget) -> None:
    said = an_expense(note="x" * 6_000_000)
    assert ana.post(f"budgets/{budget.pk}/expenses/", **said).status_code == 413
    flat = {"title": "x" * 6_000_000, "receipt": SimpleUploadedFile("a.pdf", PDF)}
    answer = ana.client.post(f"/api/v1/budgets/{budget.pk}/expenses/", flat)
    assert answer.status_code in (400, 413) and not Expense.objects.exists()


@pytest.mark.parametrize("at", [-5, -4, 0, 3])
def test_something_foreign_is_found_wherever_a_file_is_cut_into_pieces(at: int) -> None:
    piece = File.DEFAULT_CHUNK_SIZE
    page = picture("PNG")
    page += b"0" * (piece - len(page) + at) + b"<script>" + b"0" * 100
    with pytest.raises(receipts.NotAReceipt, match="more than a receipt"):
        receipts.check(ContentFile(page), "photo.png")


def test_a_receipt_comes_with_its_expense_and_is_replaced_and_removed(
    ana: Caller, budget: Budget, django_capture_on_commit_callbacks: Any
) -> None:
    flat = {name: value for name, value in an_expense().items() if name != "amount"}
    flat |= {"amount.amount": "140.50", "amount.currency": "EUR"}
    expense = send(ana, f"budgets/{budget.pk}/expenses/", PDF, name="invoice 12.pdf", **flat).json()
    assert expense["receipt"]["name"] == "invoice 12.pdf"
    first = kept_at()
    with django_capture_on_commit_callbacks(execute=True):
        send(ana, f"expenses/{expense['id']}/receipt/", picture(), name="photo.png")
    assert not default_storage.exists(first) and Receipt.objects.count() == 1
    second = kept_at()
    with django_capture_on_commit_callbacks(execute=True):
        assert ana.delete(f"expenses/{expense['id']}/receipt/").status_code == 204
    assert not default_storage.exists(second)
    assert ana.get(f"budgets/{budget.pk}/expenses/", receipt="false").json()["count"] == 1


@pytest.mark.parametrize("sent", [{}, {"receipt": "text"}, {"receipt": []}])
def test_a_receipt_that_is_no_file_is_refused(ana: Caller, budget: Budget, sent: dict[str, Any]) -> None:
    expense = spend(ana, budget)
    answer = ana.post(f"expenses/{expense['id']}/receipt/", **sent)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["receipt"])


def test_a_file_goes_when_its_expense_is_refused(ana: Caller, budget: Budget) -> None:
    flat = {name: value for name, value in an_expense().items() if name != "amount"}
    flat |= {"amount.amount": "140.50", "amount.currency": "USD"}
    answer = send(ana, f"budgets/{budget.pk}/expenses/", PDF, **flat)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["exchange_rate"])
    assert default_storage.listdir(f"receipts/{budget.pk}") == ([], [])


@pytest.mark.parametrize(
    "name", ["../../x", "a/b\\c.pdf", "", ".pdf", "…", "x" * 500, "\r\nSet-Cookie: a=b", "ü é.PDF"]
)
def test_a_name_is_made_safe(name: str) -> None:
    found = receipts.safe_name(name, "pdf")
    assert found.endswith(".pdf") and len(found) <= 110 and not set(found) & set('/\\\r\n"<>:')
