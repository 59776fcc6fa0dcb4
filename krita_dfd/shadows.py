"""Shadow guidance (Chen et al. 2020, section 4): the plausible lines near what is drawn, on a layer below it.

It follows the drawing when the pen is up, and each portrait. Like Live, it looks at the pixels of one layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import frames, layers, reading, scratch, shadow_layer, shadow_task
from .qt import tr
from .sessions import Session
from .settings import AUTO, CANVAS, FrameNumbers
from .strokes import later, stroke_is_open
from .watching import Watch, Watcher
from .worker import Job, Outcome

if TYPE_CHECKING:
    from .controller import Controller

POLL_MS = 150


class Shadows(Watcher):
    """The shadows of all documents; that of the active one follows while somebody can see the docker."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(POLL_MS)
        self._controller = controller
        self._job: Job | None = None
        self._to_add: dict[int, str] = {}
        self._watches: dict[int, tuple[tuple[Any, ...], Watch]] = {}
        self._frames: dict[int, FrameNumbers] = {}
        self._sizes: dict[int, tuple[int, int]] = {}
        """Of the documents when their shadows were written."""
        controller.maker.made.connect(self._follow)

    def switch(self, on: bool) -> None:
        """Show or hide the shadow of the active document. Only the first time adds a layer."""
        self._controller.look()
        session = self._controller.session
        try:
            source = layers.source_of(session.document, session.settings.source) if on else None
        except layers.SourceProblem as problem:
            self._refuse(session, str(problem))
            return
        if on == session.settings.shadow:
            return
        node = shadow_layer.find(session.document) if session.document is not None else None
        if node is not None:
            shadow_layer.show(session.document, node, on)
            if source is not None:
                layers.remember_shadow(session.document, node, source)
        elif source is not None:
            scratch.document()  # Krita handles events while it makes one, which must not happen halfway through adding
            self._to_add[session.number] = layers.key(source)
        if not on:
            self._to_add.pop(session.number, None)
        self._watches.pop(session.number, None)
        self._controller.note(shadow=on)

    def set_strength(self, strength: float) -> None:
        """How strong the shadow of the active document is, 0..1."""
        session = self._controller.session
        self._controller.note(shadow_strength=strength)
        node = shadow_layer.find(session.document) if session.document is not None else None
        if node is not None:
            shadow_layer.set_strength(session.document, node, strength)

    # ---- following

    def _look(self) -> None:
        self._controller.look()
        session = self._controller.session
        if not session.settings.shadow or not session.is_open or stroke_is_open(session.document):
            return
        node = shadow_layer.find(session.document)
        if session.number not in self._to_add and (node is None or not node.visible()):
            self._controller.note(shadow=False)  # the painter hid, deleted or unlocked it
            return
        source = self._drawing(session, node)
        if source is None or self._job is not None:
            return
        frame, document = self._frame(session), session.document
        said = (session.settings.link_eyes, tuple(session.settings.attributes.items()))
        about = (layers.key(source), frame, said, document.width(), document.height())
        before, watch = self._watches.get(session.number, (None, None))
        if watch is None or before != about:
            watch = Watch()
            self._frames.pop(session.number, None)
            self._watches[session.number] = (about, watch)
        area = reading.area(document, source)
        if watch.changed(source, area):
            self._submit(session, reading.read(document, source, area))

    def _follow(self, session: Session, why: str) -> None:
        """A portrait was made: the engine knows its drawing. The pen may be down again."""
        if session.settings.shadow and session.is_open and self._job is None:
            self._submit(session, None)

    def _drawing(self, session: Session, node: Any | None) -> Any | None:
        """The active drawing, as far as the shadow follows it: others only when they have a portrait."""
        document = session.document
        noted = self._to_add.get(session.number)
        if noted is None and node is not None:
            noted = layers.shadows(document).get(layers.key(node), "")
        try:
            source = layers.source_of(document, session.settings.source)
            if layers.key(source) == noted or layers.portraits_above(document, source):
                return source
        except layers.SourceProblem:
            pass
        return layers.find(document, noted) if noted else None

    @staticmethod
    def _frame(session: Session) -> Any:
        try:
            return frames.chosen(session)
        except frames.FrameProblem:
            return AUTO

    def _submit(self, session: Session, picture: reading.Picture | None) -> None:
        document, settings = session.document, session.settings
        near = session.frame_now or self._frames.get(session.number)
        order = shadow_task.Order(picture, self._frame(session), near, frames.shown(session, None),
                                  (document.width(), document.height()), settings.link_eyes,
                                  dict(settings.attributes))  # fmt: skip
        self._job = Job(session.number, lambda engine, job: shadow_task.make(engine, job, order),
                        lambda outcome: self._finished(session, outcome))  # fmt: skip
        self._controller.worker.submit(self._job)

    def _finished(self, session: Session, outcome: Outcome) -> None:
        self._job = None
        if not session.is_open or not session.settings.shadow:
            return
        if outcome.result is not None:
            self._write(session, outcome.result)
        elif session.number in self._to_add:
            self._refuse(session, outcome.problem)

    def _write(self, session: Session, shadow: shadow_task.Shadow) -> None:
        if not session.is_open or not session.settings.shadow:
            return
        document = session.document
        node = shadow_layer.find(document)
        resized = self._sizes.get(session.number, session.size) != session.size  # then Krita has changed its pixels
        if node is not None and not resized and not shadow_layer.is_untouched(document, node):
            self._refuse(session, tr("The shadow's layer was painted on: it is yours now, and the shadow is off."))
            return
        if node is not None and not resized and shadow_layer.shows(document, node, shadow.patch):
            pass  # writing it again would have Krita ask whether to save what nobody changed
        elif node is not None:
            shadow_layer.update(document, node, shadow.patch)
        elif session.number not in self._to_add:
            return
        elif stroke_is_open(document):
            later(self, lambda: self._write(session, shadow))
            return
        else:
            source = layers.find(document, self._to_add[session.number])
            if source is None:
                self._refuse(session, tr("The drawing was deleted, so its shadow was dropped."))
                return
            shadow_layer.add(document, source, shadow.patch, session.settings.shadow_strength, shadow.covered, self)
            text = tr(
                "The shadow is a locked layer. It is saved and exported like others: switch it off when you are done."
            )
            self._controller.message.emit(text, False)
            self._to_add.pop(session.number, None)
        self._frames[session.number], self._sizes[session.number] = shadow.frame, session.size
        if shadow.blank and session.settings.frame == AUTO and session is self._controller.session:
            self._controller.note(frame=CANVAS)  # what is drawn over the average face belongs where that stands

    def _refuse(self, session: Session, problem: str) -> None:
        """The shadow cannot be shown: back to off."""
        self._to_add.pop(session.number, None)
        if problem:
            self._controller.message.emit(problem, True)
        if session is self._controller.session:
            self._controller.note(shadow=False)
