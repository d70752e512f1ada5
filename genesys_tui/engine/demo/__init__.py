"""The demo: a seeded AWS account on this machine, so that everything can be tried without credentials.

A tool of its own beside the engine: it starts a server, fills it through the public API, and hands out `Settings`.
"""

from genesys_tui.engine.demo.account import Demo

__all__ = ["Demo"]
