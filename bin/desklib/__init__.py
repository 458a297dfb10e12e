"""The pieces behind `python3 bin/desk`: standard library only, as they run before anything is installed."""
