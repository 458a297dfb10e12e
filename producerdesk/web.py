"""The web server: granian's own command, with the product loaded before its workers are forked.

So it is loaded once, the workers share the memory of what stays as it is, and one that died is back at once.
`python -m producerdesk.web producerdesk.wsgi:application …` takes what `granian` takes.
"""

import sys
from importlib import import_module

from granian.cli import entrypoint

if __name__ == "__main__":
    import_module(sys.argv[1].partition(":")[0])
    entrypoint()
