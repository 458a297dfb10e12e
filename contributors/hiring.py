"""How far it is with a role: the states of an engagement and the legal ways from one to the next.

| action    | from                                      | to          | the person                                  |
|-----------|-------------------------------------------|-------------|---------------------------------------------|
| audition  | needed, auditioning                       | auditioning | may be named, or several are heard          |
| offer     | needed, auditioning                       | offered     | named now, or the one who auditioned        |
| confirm   | needed, auditioning, offered              | confirmed   | named now, or the one who was asked         |
| decline   | auditioning, offered, confirmed           | declined    | stays: who declined can be read             |
| end       | needed, auditioning, offered, confirmed   | ended       | stays, if there is one                      |
| reopen    | auditioning, offered, declined, ended     | needed      | goes, and stays in the role's history       |

Confirming commits song and flat fees to the budget; leaving *confirmed* releases what is still open of them. Hour and
day fees are committed with the sessions the person is called to: those that are booked and not wrapped follow when the
fee changes, or when somebody with a fee is confirmed or declines. Every move is kept (EngagementStep). Somebody
else takes over a confirmed role only after it was declined or ended, so the ledger never changes its payee in silence.
"""

from dataclasses import dataclass

from contributors.models import Engagement

State = Engagement.State


@dataclass(frozen=True, slots=True)
class Move:
    """One action: from which states it is legal, and where it leads."""

    sources: frozenset[str]
    to: State


LEGAL = {
    "audition": Move(frozenset({State.NEEDED, State.AUDITIONING}), State.AUDITIONING),
    "offer": Move(frozenset({State.NEEDED, State.AUDITIONING}), State.OFFERED),
    "confirm": Move(frozenset({State.NEEDED, State.AUDITIONING, State.OFFERED}), State.CONFIRMED),
    "decline": Move(frozenset({State.AUDITIONING, State.OFFERED, State.CONFIRMED}), State.DECLINED),
    "end": Move(frozenset({State.NEEDED, State.AUDITIONING, State.OFFERED, State.CONFIRMED}), State.ENDED),
    "reopen": Move(frozenset({State.AUDITIONING, State.OFFERED, State.DECLINED, State.ENDED}), State.NEEDED),
}
ARRIVE = {move.to: name for name, move in LEGAL.items()}  # the action that leads to a state
