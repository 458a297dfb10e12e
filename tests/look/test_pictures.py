"""Icons, faces, states, meters and the drawing of a clash."""

import itertools
import re

import pytest
from django.template import Context, Template

from producerdesk.kit import drawings, tones, words

HOSTILE = '"><script>alert(1)</script>'


def draw(template: str, **context) -> str:
    return Template(template).render(Context(context))


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_an_icon_is_silent_beside_a_word_and_speaks_alone():
    assert 'aria-hidden="true"' in draw("{% icon 'plus' %}")
    assert 'role="img" aria-label="Late"' in draw("{% icon 'clock' label='Late' %}")


def test_neighbouring_projects_never_share_a_face():
    faces = [drawings.sleeve_of(number) for number in range(81)]
    assert len(set(faces)) == 81
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in itertools.pairwise(faces))


def test_a_face_depends_on_the_id_alone():
    assert drawings.sleeve_of("3f2a") == drawings.sleeve_of("3f2a")
    assert draw("{% sleeve 7 'One' %}") == draw("{% sleeve 7 'Other' %}")


def test_an_uploaded_image_replaces_the_drawing():
    drawn = draw("{% sleeve 7 'x' image=image %}", image="/media/a.png?" + HOSTILE)
    assert drawn.startswith('<img class="pd-sleeve"')
    assert "<script" not in drawn


@pytest.mark.parametrize(
    ("name", "text"),
    [("Anselm Roy", "AR"), ("Juno", "JU"), ("mara van der ellison", "ME"), ("İvo", "İV"), ("  ", "?"), ("(x) Y", "Y")],
)
def test_initials(name, text):
    assert drawings.initials(name) == text


def test_nobody_yet_has_a_face_too():
    assert "pd-av--nobody" in draw("{% avatar None '' %}")


@pytest.mark.parametrize(
    "template",
    [
        "{% icon x %}{% icon 'x' label=x classes=x %}",
        "{% sleeve x x size=x %}",
        "{% avatar x x label=True %}",
        "{% stage x %}{% stage 'tracking' text=x %}{% stage 'tracking' text=x dot=True %}",
        "{% state x %}{% state 'sent' text=x tone=x %}{% chip x text=x %}",
        "{% cell x 'now' x %}",
        "{% meter a a a what=x %}",
        "{% local_time at x x %}",
        "{{ x|word }}{{ x|initials }}{{ x|city }}",
        "{% strips clashes wish %}",
        "{% attrs evil %}{% described field %}",
    ],
)
def test_nothing_that_was_typed_becomes_markup(template):
    context = {
        "x": HOSTILE,
        "a": eur("1.00"),
        "at": "2026-11-17T10:00:00Z",
        "wish": {"starts_at": "2026-11-17T10:00:00Z", "ends_at": "2026-11-17T12:00:00Z"},
        "clashes": [{"label": HOSTILE, "starts_at": "2026-11-17T11:00:00Z", "ends_at": "2026-11-17T13:00:00Z"}],
        "evil": {"data-x": HOSTILE},
        "field": {"id": HOSTILE, "errors": ["x"]},
    }
    assert "<script" not in draw(template, **context)


def test_a_state_carries_an_icon_and_a_word():
    drawn = draw("{% state 'declined' %}")
    assert "#circle-x" in drawn
    assert "pd-state--bad" in drawn
    assert "Declined" in drawn


def test_an_unknown_state_still_reads():
    assert "Gone fishing" in draw("{% state 'gone_fishing' %}")


def test_a_stage_speaks_even_as_a_disc_alone():
    assert 'class="visually-hidden"' in draw("{% stage 'mixing' dot=True %}")


def widths(drawn: str, kind: str) -> list[float]:
    return [float(found) for found in re.findall(rf'pd-{kind}"[^>]*? width="([\d.]+)%', drawn)]


def test_a_meter_shows_spent_within_committed():
    drawn = draw(
        "{% meter spent committed total what='Studio' %}", spent=eur("25"), committed=eur("50"), total=eur("100")
    )
    assert 'aria-label="Studio: 25 percent spent, 50 percent committed"' in drawn
    assert widths(drawn, "meter-actual") == [25]
    assert widths(drawn, "meter-commit") == [50]
    assert "pd-meter-over" not in drawn


def test_a_meter_over_its_limit_clips_past_a_tick():
    drawn = draw("{% meter spent committed total %}", spent=eur("60"), committed=eur("125"), total=eur("100"))
    assert widths(drawn, "meter-commit") == [80]
    assert widths(drawn, "meter-over") == [20]
    assert "pd-meter-tick" in drawn
    assert "over the limit" in drawn


@pytest.mark.parametrize(("committed", "label"), [(None, "no budget set"), (eur("5"), "without a budget")])
def test_a_meter_without_a_limit_says_so(committed, label):
    assert label in draw("{% meter None committed None %}", committed=committed)


def test_songs_stand_furthest_first():
    drawn = draw("{% songs_meter stages %}", stages=["tracking", "delivered", "pre_production", "mixing"])
    assert re.findall(r"pd-songs-(\w+)", drawn) == ["done", "mix", "track", "pre"]
    assert 'aria-label="1 of 4 songs delivered"' in drawn


def test_many_songs_become_one_segment_a_stage():
    drawn = draw("{% songs_meter stages %}", stages={"tracking": 300, "mixing": 100})
    assert re.findall(r"pd-songs-(\w+)", drawn) == ["mix", "track"]
    assert widths(drawn, "songs-track") == [75]


def test_every_segment_stays_inside():
    for count in range(60):
        drawn = draw("{% songs_meter stages %}", stages=["mixing"] * count)
        ends = [float(x) + float(w) for x, w in re.findall(r'x="([\d.]+)%" width="([\d.]+)%', drawn)]
        assert max(ends) == pytest.approx(100, abs=0.5)


def test_a_clash_is_drawn_where_wish_and_busy_meet():
    wish = {"starts_at": "2026-11-24T12:00:00Z", "ends_at": "2026-11-24T18:00:00Z"}
    clashes = [
        {"label": "Room A", "starts_at": "2026-11-24T14:00:00Z", "ends_at": "2026-11-24T18:30:00Z"},
        {"label": "Room A", "starts_at": "2026-11-24T09:00:00Z", "ends_at": "2026-11-24T10:00:00Z"},
        {"label": "Anselm Roy", "starts_at": "2026-11-24T16:30:00Z", "ends_at": "2026-11-24T20:00:00Z"},
    ]
    drawn = draw("{% strips clashes wish 'Europe/Lisbon' %}", clashes=clashes, wish=wish)
    assert drawn.count('role="img"') == 2
    assert "Room A: you asked for 12:00 – 18:00, taken 14:00 – 18:30, 09:00 – 10:00" in drawn
    wanted, met = widths(drawn, "strip-want"), widths(drawn, "strip-clash")
    assert met[0] == pytest.approx(wanted[0] * 4 / 6, abs=0.1)
    assert met[1] == pytest.approx(wanted[0] * 1.5 / 6, abs=0.1)


def test_a_clash_of_many_days_is_cut_to_what_matters():
    wish = {"starts_at": "2026-11-24T12:00:00Z", "ends_at": "2026-11-24T18:00:00Z"}
    long = [{"label": "Busy", "starts_at": "2026-11-01T00:00:00Z", "ends_at": "2027-11-01T00:00:00Z"}]
    drawn = draw("{% strips clashes wish %}", clashes=long, wish=wish)
    assert drawn.count("<text") <= drawings.MOST_MARKS + 1
    assert widths(drawn, "strip-busy") == [100]


def test_without_times_no_strip_is_drawn():
    assert (
        draw(
            "{% strips clashes wish %}",
            clashes=[{"label": "x"}],
            wish={"starts_at": "2026-11-24T12:00:00Z", "ends_at": "2026-11-24T13:00:00Z"},
        )
        == ""
    )


def test_every_stage_and_state_has_a_look_and_a_word():
    for stage in tones.ORDER:
        assert tones.stage_class(stage) == tones.STAGES[stage]
    for state in tones.STATES:
        assert words.word(state)


def test_a_word_comes_from_the_choices_of_the_models():
    assert words.word("pre_production")
    assert words.word("nobodys_choice") == "Nobodys choice"
    assert words.word(None) == ""
