"""What the style sheets and templates promise: contrast, one place for colours, nothing the policy refuses."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from producerdesk.kit import tones

CSS = settings.BASE_DIR / "producerdesk" / "static" / "css"
JS = settings.BASE_DIR / "producerdesk" / "static" / "js"
TEMPLATES = settings.BASE_DIR / "templates"
PAGES = sorted(
    path for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts and "documents" not in path.parts
)
TEXT, GRAPHIC = 4.5, 3.0

# ink, the surfaces it stands on, what WCAG 2 AA asks for
PAIRS = [
    (
        "ink",
        ("bg", "side", "surface", "sunken", "hover", "accent-tint", "warn-tint", "bad-tint", "info-tint", "ok-tint"),
        TEXT,
    ),
    ("ink-2", ("bg", "side", "surface", "sunken", "hover", "accent-tint", "warn-tint", "bad-tint"), TEXT),
    ("ink-3", ("bg", "side", "surface", "sunken", "hover", "raised"), TEXT),
    ("accent-text", ("bg", "surface", "hover", "accent-tint"), TEXT),
    ("on-accent", ("accent", "accent-press"), TEXT),
    *[(tone, ("surface", "bg", "hover", f"{tone}-tint"), TEXT) for tone in ("ok", "warn", "bad", "info")],
    *[(f"av{number}-ink", (f"av{number}",), TEXT) for number in range(7)],
    ("field", ("surface", "bg"), GRAPHIC),
    ("accent", ("surface", "bg"), GRAPHIC),
    ("focus", ("bg", "surface", "side"), GRAPHIC),
    *[(f"st-{name}", ("surface",), GRAPHIC) for name in ("brief", "pre", "track", "edit", "mix", "master", "done")],
]


def blocks() -> dict[str, dict[str, str]]:
    """Return the tokens of the light block and of both dark ones."""
    text = (CSS / "tokens.css").read_text()
    light = re.search(r"^:root \{(.*?)^\}", text, re.S | re.M)
    chosen = re.search(r'@media screen \{\s*\[data-bs-theme="dark"\] \{(.*?)\}', text, re.S)
    device = re.search(
        r'@media screen and \(prefers-color-scheme: dark\) \{\s*\[data-bs-theme="auto"\] \{(.*?)\}', text, re.S
    )
    found = {"light": light, "dark": chosen, "device": device}
    return {
        name: dict(re.findall(r"(--[\w-]+|color-scheme):\s*([^;]+);", match[1]))
        for name, match in found.items()
        if match
    }


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "grounds", "needed"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_contrast(theme, ink, grounds, needed):
    tokens = blocks()["light"] | blocks()[theme]
    for ground in grounds:
        found = ratio(tokens[f"--pd-{ink}"], tokens[f"--pd-{ground}"])
        assert found >= needed, f"{ink} on {ground}: {found:.2f}"


def test_the_device_gets_the_same_dark_as_the_one_who_chose_it():
    assert blocks()["device"] == blocks()["dark"]


def test_colours_are_named_in_one_file_only():
    for sheet in CSS.glob("*.css"):
        if sheet.name != "tokens.css":
            text = re.sub(r"rgb\(\d+ \d+ \d+ / \d+%\)", "", sheet.read_text())  # shadows are black and a share
            assert set(re.findall(r"#[0-9A-F]{3,8}\b", text.upper())) <= {"#FFF"}, (
                sheet.name
            )  # white paper: print, QR code


def test_every_token_that_is_used_is_defined():
    text = "".join(sheet.read_text() for sheet in CSS.glob("*.css"))
    defined = set(re.findall(r"(--pd-[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--pd-[\w-]+)", text)) <= defined


def test_no_sheet_and_no_script_loads_from_outside():
    for path in [*CSS.glob("*"), *JS.glob("*")]:
        assert not re.search(r"(url\(|src|href|fetch\(|import)[^;\n]*//", path.read_text()), path.name


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(TEMPLATES)) for page in PAGES])
def test_no_page_carries_what_the_policy_refuses(page: Path):
    text = page.read_text()
    assert not re.search(r"\sstyle\s*=", text), "a style attribute"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "an event attribute"
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), "an inline script"
    assert "<style" not in text


def test_every_icon_a_page_names_is_in_the_sprite():
    sprite = set((settings.BASE_DIR / "producerdesk" / "frontend" / "icons.txt").read_text().split())
    named = {icon for icon, _tone in [*tones.STATES.values(), tones.UNKNOWN]}
    for page in PAGES:
        text = page.read_text()
        named |= set(re.findall(r"{%\s*icon [\"']([\w-]+)[\"']", text))
        named |= set(re.findall(r"\b(?:action_)?icon=[\"']([\w-]+)[\"']", text))
    assert named <= sprite, named - sprite


def test_every_file_a_page_links_is_there():
    static = settings.BASE_DIR / "producerdesk" / "static"
    linked = {name for page in PAGES for name in re.findall(r"{% static '([^']+)' %}", page.read_text())}
    missing = {name for name in linked if not name.startswith("vendor/") and not (static / name).is_file()}
    assert not missing


def test_sleeves_hold_nine_drawings_without_a_colour_of_their_own():
    text = (settings.BASE_DIR / "producerdesk" / "static" / "img" / "sleeves.svg").read_text()
    assert re.findall(r'symbol id="(\w+)"', text) == [f"s{number}" for number in range(9)]
    assert "#" not in text


def test_templates_of_allauth_with_styles_are_ours():
    import allauth

    theirs = Path(allauth.__file__).parent / "templates"
    styled = [path.relative_to(theirs) for path in theirs.rglob("*.html") if " style=" in path.read_text()]
    used = [path for path in styled if path.parts[0] in ("account", "mfa", "allauth")]
    assert used
    assert all((TEMPLATES / path).is_file() for path in used)
