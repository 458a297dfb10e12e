"""Who works at the demo desk, who signs in, and everybody it knows."""

from contributors.actions.people import create_contributor
from producerdesk.accounts.actions import add_staff, make_user
from producerdesk.accounts.roles import Role
from producerdesk.overview.demo.hands import CURRENCY, HOME, Demo, sum_of
from projects.actions import open_desk

PASSWORD = "lowlight-demo"  # noqa: S105 - printed on the login page of a loopback desk, and refused elsewhere

# who, e-mail, what the login is for
LOGINS = (
    ("Mara Ellison", "mara@lowlight.example", "Producer: owns the desk"),
    ("Teo Brandt", "teo@lowlight.example", "Assistant: works on every project"),
    ("Juno Vale", "juno@example.com", "Artist: sees her own schedule"),
    ("Anselm Roy", "anselm@example.com", "Engineer: sees the sessions he is called to"),
    ("Helen Marsh", "helen@tidewater.example", "Label: reads budgets and the schedule"),
)

# name, e-mail, city, zone, roles, instruments, genres, unit, rate
PEOPLE: tuple[tuple, ...] = (
    (
        "Juno Vale",
        "juno@example.com",
        "Berlin",
        "Europe/Berlin",
        ["Artist"],
        ["vocals", "guitar"],
        ["dream pop"],
        "",
        "",
    ),
    ("Anselm Roy", "anselm@example.com", "Porto", HOME, ["Recording engineer"], [], ["indie", "folk"], "hour", "40.00"),
    (
        "Keiko Dahl",
        "keiko@example.com",
        "Oslo",
        "Europe/Oslo",
        ["Mixing engineer"],
        [],
        ["pop", "electronic"],
        "song",
        "420.00",
    ),
    (
        "Lucho Ferrand",
        "lucho@example.com",
        "Lisbon",
        HOME,
        ["Musician"],
        ["drums", "percussion"],
        ["rock"],
        "day",
        "320.00",
    ),
    (
        "Samir Haddon",
        "samir@example.com",
        "Braga",
        HOME,
        ["Musician"],
        ["cello"],
        ["classical", "folk"],
        "flat",
        "260.00",
    ),
    (
        "Wren Castellan",
        "wren@example.com",
        "Porto",
        HOME,
        ["Musician"],
        ["violin", "viola"],
        ["classical"],
        "flat",
        "240.00",
    ),
    (
        "Oona Fairley",
        "oona@example.com",
        "Galway",
        "Europe/Dublin",
        ["Singer"],
        ["backing vocals"],
        ["folk"],
        "flat",
        "220.00",
    ),
    (
        "Dex Amari",
        "dex@example.com",
        "Berlin",
        "Europe/Berlin",
        ["Producer"],
        ["synthesiser"],
        ["electronic"],
        "day",
        "380.00",
    ),
    (
        "Bea Whitlock",
        "bea@example.com",
        "London",
        "Europe/London",
        ["Musician"],
        ["bass"],
        ["soul", "rock"],
        "day",
        "290.00",
    ),
    (
        "Ivo Lindqvist",
        "ivo@example.com",
        "Malmö",
        "Europe/Stockholm",
        ["Artist"],
        ["vocals", "piano"],
        ["art rock"],
        "",
        "",
    ),
    ("Marta Pinho", "marta@example.com", "Lisbon", HOME, ["Mastering engineer"], [], [], "song", "90.00"),
    ("Rosa Imber", "rosa@example.com", "Valletta", "Europe/Malta", ["Artist"], ["vocals"], ["jazz"], "", ""),
    (
        "Noor Saleh",
        "noor@example.com",
        "Berlin",
        "Europe/Berlin",
        ["Singer"],
        ["backing vocals"],
        ["soul"],
        "hour",
        "45.00",
    ),
)


def make_people(demo: Demo) -> None:
    for name, email, _who in LOGINS:
        zone = "Europe/Berlin" if name == "Juno Vale" else HOME
        demo.users[name] = make_user(email=email, name=name, password=PASSWORD, time_zone=zone, is_demo=True)
    demo.made_desk = open_desk(by=demo.mara, currency=CURRENCY, time_zone=HOME)
    demo.desk.name = "Lowlight Productions"
    demo.desk.save(update_fields=["name"])
    add_staff(desk=demo.desk, user=demo.users["Teo Brandt"], role=Role.ASSISTANT)
    for name, email, city, zone, roles, instruments, genres, unit, rate in PEOPLE:
        rates = [{"unit": unit, "amount": sum_of(rate)}] if unit else []
        skills = {"roles": roles, "instruments": instruments, "genres": genres}
        person = create_contributor(
            by=demo.mara, desk=demo.desk, name=name, email=email, city=city, time_zone=zone, rates=rates, **skills
        )
        if name in demo.users:  # they accepted their invitations long ago
            person.user = demo.users[name]
            person.save(update_fields=["user"])
        demo.people[name] = person
