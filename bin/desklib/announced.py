"""Becomes a program after it has told the guard of its process group: `announced.py PIPE PROGRAM ARGUMENT...`.

A supervisor that told the guard itself could be killed after it started a program and before it said so, and the
program would run for ever.
"""

import contextlib
import os
import sys


def main() -> None:
    """Tell, and become the program."""
    pipe, *command = sys.argv[1:]
    with contextlib.suppress(BrokenPipeError):  # the next guard is told everything
        os.write(int(pipe), f"+{os.getpid()}\n".encode())
    os.close(int(pipe))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
