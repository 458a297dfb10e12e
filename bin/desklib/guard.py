"""Ends what a supervisor started when the supervisor itself has been killed.

Reads `+<group>` and `-<group>` lines from its standard input, which only the supervisor holds open. When that closes,
whatever process groups are still listed are ended. It sits in a session of its own, so no Ctrl-C reaches it.
"""

import os
import signal
import sys
import time

GRACE = 12.0


def main() -> None:
    """Listen until the supervisor is gone, then end its groups."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    end_groups(groups, GRACE)


def end_groups(groups: set[int], grace: float) -> None:
    """Ask the leaders of `groups` to end, wait at most `grace` seconds, then kill what is left of the groups."""
    # the leader alone: a worker's own children must not be stopped in the middle of a task
    left = {group for group in groups if _ask_to_end(group)}
    until = time.monotonic() + grace
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def _ask_to_end(group: int) -> bool:
    try:
        os.kill(group, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        return signal_group(group, signal.SIGTERM)
    return True


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; say whether the group still had a process."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # the number now belongs to somebody else's group
    return True


if __name__ == "__main__":
    main()
