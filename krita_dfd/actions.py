"""What the commands do, in Krita's windows: for keyboard shortcuts and the menu Tools > Scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import commands
from .controller import Controller
from .qt import sip, tr
from .settings import AUTO

MENU = "tools/scripts"

Does = Callable[[Controller, bool], None]
State = Callable[[Controller], bool]


def _locks(part: str) -> Does:
    return lambda controller, on: controller.set_lock(part, on)


def _is_locked(part: str) -> State:
    return lambda controller: part in controller.settings.locks


def _steps(part: str) -> Does:
    return lambda controller, on: controller.alternatives.step(part, 1)


DOES: dict[str, Does] = {
    "dfd_generate": lambda controller, on: controller.generate(),
    "dfd_cancel": lambda controller, on: controller.cancel(),
    "dfd_live": lambda controller, on: controller.live.switch(on),
    "dfd_shadow": lambda controller, on: controller.shadows.switch(on),
    "dfd_edit_frame": lambda controller, on: controller.frame_asked.emit(),
    "dfd_reset_frame": lambda controller, on: controller.set_frame(AUTO),
    **{command.name: _locks(part) for part, command in commands.LOCKS.items()},
    "dfd_back": lambda controller, on: controller.explorer.step(-1),
    "dfd_forward": lambda controller, on: controller.explorer.step(1),
    "dfd_compare": lambda controller, on: controller.explorer.compare(on),
    "dfd_between": lambda controller, on: controller.explorer.add_between(controller.settings.between),
    "dfd_keep": lambda controller, on: controller.output.keep(),
    **{command.name: _steps(part) for part, command in commands.ALTERNATIVES.items()},
    "dfd_link_eyes": lambda controller, on: controller.change(link_eyes=on),
    "dfd_dice": lambda controller, on: controller.roll(),
    "dfd_average": lambda controller, on: controller.average(),
    "dfd_keep_colours": lambda controller, on: controller.change(keep_colours=on),
    "dfd_check": lambda controller, on: controller.check_asked.emit(),
}
"""What each command does; a checkable one is told whether it is on now."""

STATES: dict[str, State] = {
    "dfd_live": lambda controller: controller.live.on,
    "dfd_shadow": lambda controller: controller.settings.shadow,
    **{command.name: _is_locked(part) for part, command in commands.LOCKS.items()},
    "dfd_compare": lambda controller: controller.explorer.comparing,
    "dfd_link_eyes": lambda controller: controller.settings.link_eyes,
    "dfd_keep_colours": lambda controller: controller.settings.keep_colours,
}
"""Whether a checkable command is on."""


def create(window: Any, controller: Controller) -> None:
    """Add the actions to one of Krita's windows."""
    for command in commands.COMMANDS:
        _create(window, controller, command)


def _create(window: Any, controller: Controller, command: commands.Command) -> None:
    action = window.createAction(command.name, tr(command.text), MENU)
    action.setToolTip(tr(command.tooltip))
    does = DOES[command.name]
    action.triggered.connect(lambda on=False: does(controller, bool(on)))
    if not command.checkable:
        return
    action.setCheckable(True)
    state = STATES[command.name]

    def show(*_: Any) -> None:
        if not sip.isdeleted(action):  # its window was closed
            action.setChecked(state(controller))

    controller.settings_changed.connect(show)
    controller.live.changed.connect(show)
    controller.explorer.changed.connect(show)
    show()
