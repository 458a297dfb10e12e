"""The cast: people whose names say what they may do, and the small world they work in."""

from dataclasses import dataclass

from contributors.models import Contributor
from producerdesk.accounts.models import Desk, User
from producerdesk.accounts.roles import Role
from producerdesk.kit.viewer import Viewer
from projects.models import Project
from sessions.models import Room
from tests import makers
from tests.kept import kept


@dataclass
class Cast:
    """One desk with a project and a room, and everybody round it."""

    desk: Desk
    project: Project
    room: Room
    ana: User  # owns the desk
    ben: User  # co-producer of the desk
    asa: User  # assistant of the desk
    nora: User  # the artist of the project
    emil: User  # its engineer
    cara: User  # a contributor to it
    lena: User  # the label
    xavi: User  # the executive producer
    cleo: User  # a stranger, with a desk and a project of her own
    other_desk: Desk
    other_project: Project
    other_room: Room
    nora_called: Contributor  # who Nora is in the desk's network
    emil_called: Contributor
    wren_called: Contributor  # a violinist without an account

    def viewer(self, name: str) -> Viewer:
        """Return who asks when `name` does."""
        return makers.viewer_of(getattr(self, name))


@kept
def make_cast() -> Cast:
    """Return the cast, in the database."""
    ana, ben, asa, nora, emil, cara, lena, xavi, cleo = (
        makers.make_user(name) for name in ("Ana", "Ben", "Asa", "Nora", "Emil", "Cara", "Lena", "Xavi", "Cleo")
    )
    desk = makers.make_desk(ana, name="Lowlight")
    makers.make_staff(desk, ben, Role.CO_PRODUCER)
    makers.make_staff(desk, asa, Role.ASSISTANT)
    project = makers.make_project(desk, "Salt & Neon")
    for user, role in (
        (nora, Role.ARTIST),
        (emil, Role.ENGINEER),
        (cara, Role.CONTRIBUTOR),
        (lena, Role.LABEL),
        (xavi, Role.EXECUTIVE_PRODUCER),
    ):
        makers.make_member(project, user, role)
    other_desk = makers.make_desk(cleo, name="Elsewhere")
    return Cast(
        desk=desk,
        project=project,
        room=makers.make_room(makers.make_studio(desk, name="Foxglove"), hour="62.00"),
        ana=ana,
        ben=ben,
        asa=asa,
        nora=nora,
        emil=emil,
        cara=cara,
        lena=lena,
        xavi=xavi,
        cleo=cleo,
        other_desk=other_desk,
        other_project=makers.make_project(other_desk, "Tin Moon"),
        other_room=makers.make_room(other_desk),
        nora_called=makers.make_contributor(desk, user=nora),
        emil_called=makers.make_contributor(desk, user=emil),
        wren_called=makers.make_contributor(desk, "Wren Castellan"),
    )
