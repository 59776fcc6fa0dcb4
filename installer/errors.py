"""What can go wrong for the user, with the cure in the message."""

from __future__ import annotations


class InstallProblem(Exception):
    """Something cannot be installed, checked or removed; the message is one line that says what to do."""


class Cancelled(Exception):
    """The user stopped the work. What was downloaded stays and is used the next time."""
