"""A small picture of the canvas on which the frame of the face can be moved, resized and turned.

It is drawn here and not over Krita's canvas: Krita has no interface that tells exactly where a pixel of the document is
on the screen when the canvas is turned or mirrored, and nothing here can take a stroke.
"""

from __future__ import annotations

from typing import Any

from .. import frame_moves as moves
from ..qt import QtCore, QtGui, QtWidgets, tr
from ..settings import FrameNumbers

HANDLE = 4
REACH = 9
"""Half a handle's width, and how near the pointer has to be, in logical pixels."""

KNOB = 16
"""How far above the upper edge the knob for turning is."""

MARGIN = 22
TALLEST = 220
STEP = 15.0
"""With Shift, a frame is turned by whole steps of so many degrees."""

MOVE, TURN = "move", "turn"


class FrameView(QtWidgets.QWidget):
    """Shows a frame, and tells what the pointer or the arrow keys make of it."""

    changing = QtCore.pyqtSignal(object)
    """The frame's numbers, while it is dragged."""
    changed = QtCore.pyqtSignal(object)
    """The frame's numbers, when it is let go."""
    entered = QtCore.pyqtSignal()
    """The pointer or the focus has come: the picture may be old."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dfd_frame_view")
        self.setAccessibleName(tr("Frame of the face"))
        tip = tr(
            "The frame of the face: drag it to move it, a corner to resize it, the knob above to turn it (with Shift in"
            " steps of 15°). Arrow keys move it, + and - resize it, Escape takes back what you drag"
        )
        self.setToolTip(tip)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(120)
        self.image: QtGui.QImage | None = None
        self._canvas = (1, 1)
        self.frame: FrameNumbers | None = None
        self._grip: int | str | None = None
        self._from: tuple[moves.Point, FrameNumbers] | None = None

    @property
    def dragging(self) -> bool:
        """Whether the pointer holds the frame."""
        return self._from is not None

    def show_frame(self, frame: FrameNumbers | None, canvas: tuple[int, int]) -> None:
        """Show a frame on a canvas of that size in pixels; None shows nothing."""
        if not self.dragging:
            self.frame, self._canvas = frame, (max(1, canvas[0]), max(1, canvas[1]))
            self._fit()
            self.update()

    def show_image(self, image: QtGui.QImage | None) -> None:
        """Show a picture of the canvas."""
        self.image = image
        self.update()

    def picture_size(self) -> QtCore.QSize:
        """How large a picture of the canvas should be, in physical pixels."""
        ratio = self.devicePixelRatioF() * self._scale()
        return QtCore.QSize(*(max(1, round(length * ratio)) for length in self._canvas))

    # ---- where things are

    def place(self, point: moves.Point) -> QtCore.QPointF:
        """Where a point of the document is on this widget."""
        scale, (left, top) = self._scale(), self._corner()
        return QtCore.QPointF(left + point[0] * scale, top + point[1] * scale)

    def _document(self, place: QtCore.QPointF) -> moves.Point:
        scale, (left, top) = self._scale(), self._corner()
        return (place.x() - left) / scale, (place.y() - top) / scale

    def _scale(self) -> float:
        width, height = self._canvas
        return max(1e-6, min((self.width() - 2 * MARGIN) / width, (self.height() - 2 * MARGIN) / height))

    def _corner(self) -> tuple[float, float]:
        scale = self._scale()
        return (self.width() - self._canvas[0] * scale) / 2, (self.height() - self._canvas[1] * scale) / 2

    def _fit(self) -> None:
        wanted = round((self.width() - 2 * MARGIN) * self._canvas[1] / self._canvas[0]) + 2 * MARGIN
        self.setFixedHeight(max(120, min(TALLEST, wanted)))

    def knob(self) -> QtCore.QPointF:
        """Where the knob for turning is on this widget."""
        assert self.frame is not None
        return self.place(moves.point(self.frame, 0, -1 - 2 * KNOB / (self._scale() * self.frame[2])))

    def corner(self, number: int) -> QtCore.QPointF:
        """Where a corner of the frame is on this widget; see `frame_moves.CORNERS`."""
        assert self.frame is not None
        return self.place(moves.point(self.frame, *moves.CORNERS[number]))

    def _grip_at(self, place: QtCore.QPointF) -> int | str | None:
        if self.frame is None:
            return None
        handles: list[tuple[int | str, QtCore.QPointF]] = [(n, self.corner(n)) for n in range(4)]
        for grip, where in [(TURN, self.knob()), *handles]:
            if (where - place).manhattanLength() <= 1.5 * REACH:
                return grip
        u, v = moves.within(self.frame, self._document(place))
        return MOVE if max(abs(u), abs(v)) <= 1 else None

    # ---- events

    def mousePressEvent(self, event: Any) -> None:
        """Take hold of the frame; what else is pressed meanwhile does not let it go."""
        if self.dragging:
            return
        place = _position(event)
        self._grip = self._grip_at(place) if event.button() == QtCore.Qt.MouseButton.LeftButton else None
        if self._grip is not None and self.frame is not None:
            self._from = (self._document(place), self.frame)

    def mouseMoveEvent(self, event: Any) -> None:
        """Drag what is held, or show what can be."""
        place = _position(event)
        if self._from is None:
            self._point_out(self._grip_at(place))
            return
        (begun, frame), there = self._from, self._document(place)
        if self._grip == MOVE:
            frame = moves.moved(frame, there[0] - begun[0], there[1] - begun[1])
        elif self._grip == TURN:
            shift = bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier)
            frame = moves.turned(frame, there, STEP if shift else 0)
        else:
            frame = moves.resized(frame, int(self._grip or 0), there)
        self.frame = moves.sensible(frame, *self._canvas)
        self.update()
        self.changing.emit(self.frame)

    def mouseReleaseEvent(self, event: Any) -> None:
        """Let go."""
        if self._from is not None and event.button() == QtCore.Qt.MouseButton.LeftButton:
            before, self._from = self._from[1], None
            if self.frame != before:
                self.changed.emit(self.frame)

    def keyPressEvent(self, event: Any) -> None:
        """Escape takes a drag back; arrows, + and - change the frame by a hundredth of its side."""
        keys, key = QtCore.Qt.Key, event.key()
        if key == keys.Key_Escape and self._from is not None:
            self.frame, self._from = self._from[1], None
            self.changing.emit(self.frame)
            self.update()
            return
        ways = {keys.Key_Left: (-1, 0), keys.Key_Right: (1, 0), keys.Key_Up: (0, -1), keys.Key_Down: (0, 1)}
        grow = {keys.Key_Plus: 1, keys.Key_Equal: 1, keys.Key_Minus: -1}.get(key)
        if self.frame is None or self.dragging or (key not in ways and grow is None):
            super().keyPressEvent(event)
            return
        step = max(1.0, self.frame[2] / 100)
        if grow is None:
            dx, dy = ways[key]
            frame = moves.moved(self.frame, dx * step, dy * step)
        else:
            frame = moves.about(*moves.middle(self.frame), self.frame[2] + 2 * grow * step, self.frame[3])
        self.frame = moves.sensible(frame, *self._canvas)
        self.update()
        self.changed.emit(self.frame)

    def event(self, event: Any) -> bool:
        """Keys that move the frame are not Krita's shortcuts while the frame has the focus."""
        keys = QtCore.Qt.Key
        ours = (keys.Key_Left, keys.Key_Right, keys.Key_Up, keys.Key_Down, keys.Key_Plus, keys.Key_Equal,
                keys.Key_Minus)  # fmt: skip
        is_override = event.type() == QtCore.QEvent.Type.ShortcutOverride
        if is_override and (event.key() in ours or (event.key() == keys.Key_Escape and self.dragging)):
            event.accept()
            return True
        return super().event(event)

    def enterEvent(self, event: Any) -> None:
        """See `entered`."""
        super().enterEvent(event)
        self.entered.emit()

    def focusInEvent(self, event: Any) -> None:
        """See `entered`."""
        super().focusInEvent(event)
        self.entered.emit()
        self.update()

    def resizeEvent(self, event: Any) -> None:
        """Keep the canvas' shape."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: Any) -> None:
        """Canvas, frame, handles."""
        painter = QtGui.QPainter(self)
        painter.setRenderHints(QtGui.QPainter.RenderHint.Antialiasing | QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        palette = self.palette()
        paper = QtCore.QRectF(self.place((0, 0)), self.place(self._canvas))
        if self.frame is None:
            painter.setPen(palette.color(palette.ColorGroup.Disabled, palette.ColorRole.WindowText))
            painter.drawText(self.rect(), QtCore.Qt.AlignmentFlag.AlignCenter, tr("No document is open."))
            return
        painter.fillRect(paper, QtCore.Qt.GlobalColor.white)
        if self.image is not None:
            painter.drawImage(paper, self.image)
        colour = QtGui.QColor(42, 130, 218)
        for width, each in ((3.0, QtGui.QColor(255, 255, 255)), (1.5, colour)):
            painter.setPen(QtGui.QPen(each, width + 1.0 * self.hasFocus()))
            painter.drawPolygon(QtGui.QPolygonF([self.corner(number) for number in range(4)]))
            painter.drawLine(self.place(moves.point(self.frame, 0, -1)), self.knob())
        painter.setBrush(QtGui.QColor(255, 255, 255))
        for number in range(4):
            where = self.corner(number)
            painter.drawRect(QtCore.QRectF(where.x() - HANDLE, where.y() - HANDLE, 2 * HANDLE, 2 * HANDLE))
        painter.drawEllipse(self.knob(), HANDLE + 1.0, HANDLE + 1.0)

    def _point_out(self, grip: int | str | None) -> None:
        shapes = QtCore.Qt.CursorShape
        shape: dict[int | str | None, Any] = {
            None: shapes.ArrowCursor,
            MOVE: shapes.SizeAllCursor,
            TURN: shapes.PointingHandCursor,
        }
        self.setCursor(shape.get(grip, shapes.CrossCursor))


def _position(event: Any) -> QtCore.QPointF:
    """Of the pointer on the widget; Qt 5 and 6 name it differently."""
    return event.position() if hasattr(event, "position") else event.localPos()
