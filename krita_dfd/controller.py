"""The docker's model: which document is shown, its settings, and what happens when they change. One for all windows."""

from __future__ import annotations

import random
from typing import Any

from . import components, layers, scratch
from .alternatives import Alternatives
from .exploring import Explorer
from .live import Live
from .making import CHANGED, LIVE, PRESSED, Maker
from .output import Output
from .qt import QtCore
from .sessions import STATE, Session, Sessions
from .settings import AUTO, Colour, FrameChoice, Settings
from .shadows import Shadows
from .worker import Job, Worker

LARGEST_ROLL = 9999
"""Seeds of more figures are not easier to come by, but harder to note down."""


class Controller(QtCore.QObject):
    """Every method is for Krita's thread and returns at once."""

    settings_changed = QtCore.pyqtSignal()
    """Another document is active, or a setting is different: show them again."""
    frame_asked = QtCore.pyqtSignal()
    """The painter wants to see and edit the frame."""
    check_asked = QtCore.pyqtSignal()
    """The painter wants to know whether the installation is right."""
    message = QtCore.pyqtSignal(str, bool)
    """A line for the painter; True when it is about a problem."""

    def __init__(self) -> None:
        super().__init__()
        self.worker = Worker()
        self.maker = Maker(self.worker)
        self.sessions = Sessions()
        self.live = Live(self)
        self.shadows = Shadows(self)
        self.alternatives = Alternatives(self)
        self.session: Session = self.sessions.of(None)
        self.explorer = Explorer(self)
        self.output = Output(self)
        self._warm = False
        self._defaults = dict.fromkeys(components.NAMES, components.DEFAULT_BLEND)
        self.worker.engine_ready.connect(self._on_engine_ready)
        for part in (self.maker, self.explorer, self.output):
            part.message.connect(self.message)

    # ---- documents

    def look(self) -> None:
        """Another document may be active, and some may be closed. Krita asks for this often."""
        for gone in self.sessions.take_closed():
            self.worker.drop(gone.number)
        session = self.sessions.current()
        if session is not self.session:
            self.explorer.leave()
            self.session = session
            self.settings_changed.emit()

    # ---- settings

    @property
    def state(self) -> str:
        """See `Maker.state_changed`."""
        return self.maker.state

    @property
    def settings(self) -> Settings:
        """Of the active document. Read only: use `change`."""
        return self.session.settings

    @property
    def blend(self) -> dict[str, float]:
        """What holds for each component, whether the painter set it or not."""
        return {**self._defaults, **self.settings.blend}

    def change(self, **values: Any) -> None:
        """Give settings of the active document other values, keep them in it, and bring its portrait up to date."""
        self.note(**values)
        self.refresh()

    def note(self, **values: Any) -> None:
        """The same for settings that no portrait hangs on."""
        for name, value in values.items():
            setattr(self.settings, name, value)
        self.session.keep(STATE)
        self.settings_changed.emit()

    def set_blend(self, name: str, value: float) -> None:
        """How far component `name` is drawn from my lines (0) to a plausible face (1)."""
        self.change(blend={**self.settings.blend, name: value})

    def set_attribute(self, name: str, value: float) -> None:
        """What one of `settings.ATTRIBUTES` is for the whole face, -1..1; 0 leaves it to the drawing."""
        others = {key: v for key, v in self.settings.attributes.items() if key != name}
        self.change(attributes={**others, name: value} if value else others)

    def set_frame(self, frame: FrameChoice) -> None:
        """Where the face stands in the active document. An automatic frame is looked for anew."""
        if frame == AUTO:
            self.session.frame = None
        by_hand = not isinstance(frame, str) and self.session.document is not None
        self.change(frame=frame, frame_canvas=self.session.size if by_hand else None)

    def free_parts(self) -> list[str]:
        """The components that show the painter's drawing: neither locked nor an alternative."""
        held = {*self.settings.locks, *self.settings.taken}
        return [name for name in components.NAMES if name not in held]

    def set_whole_blend(self, value: float) -> None:
        """The same for all of `free_parts` at once."""
        self.change(blend={**self.settings.blend, **dict.fromkeys(self.free_parts(), value)})

    def set_lock(self, name: str, locked: bool) -> None:
        """Whether component `name` stays as it was in the last portrait."""
        self.change(locks=[n for n in components.NAMES if (n in self.settings.locks, locked)[n == name]])

    def set_colour(self, part: str, colour: Colour | None) -> None:
        """The colour of one of `settings.COLOURS`; None lets the drawing, the seed and the reference decide."""
        others = {name: rgb for name, rgb in self.settings.colours.items() if name != part}
        self.change(colours={**others, part: colour} if colour else others)

    def roll(self) -> None:
        """Another appearance, by chance."""
        self.change(seed=random.randint(1, LARGEST_ROLL))

    def average(self) -> None:
        """The likeliest appearance: no seed, no colours of the painter's, no reference."""
        self.change(seed=0, colours={}, reference="")

    def _on_engine_ready(self, defaults: dict[str, float]) -> None:
        self._defaults, self._warm = defaults, False
        self.settings_changed.emit()

    # ---- portraits

    def generate(self) -> None:
        """Make a portrait from the active drawing, unless one is being made."""
        self.look()
        self.maker.want(self.session, PRESSED)

    def refresh(self) -> None:
        """Bring the portrait up to date with the settings, if the drawing has one, or soon will have."""
        first = self.maker.makes_first(self.session)
        if first or layers.followed(self.session.document, self.settings.source, self.session.drawing) is not None:
            self.maker.want(self.session, LIVE if first == LIVE else CHANGED)

    def cancel(self) -> None:
        """Stop as soon as possible; the document stays as it is."""
        self.maker.cancel()
        self.explorer.cancel()

    def warm_up(self) -> None:
        """Load the engine and use it once, before it is needed. A problem is told when a portrait is asked for."""
        if self.worker.engine is None and not self._warm:
            self._warm = True
            self.worker.submit(Job(0, lambda engine, job: engine.warm(), lambda outcome: None))

    def shut_down(self) -> None:
        """Krita is about to quit: a torch thread that is still running then would crash it."""
        self.live.stop()
        self.shadows.stop()
        self.maker.cancel()
        self.explorer.cancel()
        self.worker.stop()
        scratch.forget()
