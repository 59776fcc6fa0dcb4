"""The portraits of the history side by side, oldest first; A and B and pinned ones are marked."""

from __future__ import annotations

from typing import Any

from .. import components
from ..controller import Controller
from ..history import Entry
from ..qt import QtCore, QtGui, QtWidgets, tr

SIDE = 64
"""Of a thumbnail, in pixels at 100 %."""

_ENTRY = QtCore.Qt.ItemDataRole.UserRole


class HistoryStrip(QtWidgets.QListWidget):
    """Click a portrait, or go to it with the arrow keys and press Enter, to bring it back; a menu has the rest."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._explorer = controller.explorer
        self._seen: list[Any] = []
        self.setObjectName("dfd_history")
        self.setAccessibleName(tr("Earlier portraits"))
        self.setToolTip(tr("Earlier portraits: click one to bring it back with its settings; right-click for more"))
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setViewMode(QtWidgets.QListView.ViewMode.IconMode)
        self.setFlow(QtWidgets.QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QtWidgets.QListView.Movement.Static)
        self.setHorizontalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QtCore.QSize(SIDE, SIDE))
        self.setGridSize(QtCore.QSize(SIDE + 8, SIDE + 8))
        scroll_bar = self.style().pixelMetric(QtWidgets.QStyle.PixelMetric.PM_ScrollBarExtent)
        self.setFixedHeight(SIDE + 8 + scroll_bar + 2 * self.frameWidth() + 2)
        self.setContextMenuPolicy(QtCore.Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask)
        self.itemClicked.connect(lambda item: self._explorer.show(item.data(_ENTRY)))
        self.itemActivated.connect(lambda item: self._explorer.show(item.data(_ENTRY)))
        self._explorer.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the history of the active document."""
        history = self._explorer.history
        ratio = self.devicePixelRatioF()
        seen = [(entry, entry.pinned, entry is history.a, entry is history.b) for entry in history.entries]
        if [ratio, history.shown, *seen] == self._seen:
            return
        grown = len(seen) > self.count()
        self._seen = [ratio, history.shown, *seen]
        self.clear()
        for number, (entry, _, is_a, is_b) in enumerate(seen, 1):
            item = QtWidgets.QListWidgetItem(self)
            item.setData(_ENTRY, entry)
            picture = self._picture(entry, "A" if is_a else "B" if is_b else "", ratio)
            icon = QtGui.QIcon(picture)
            icon.addPixmap(picture, QtGui.QIcon.Mode.Selected)  # else Qt tints it
            item.setIcon(icon)
            item.setToolTip(_about(entry, number, len(seen), is_a, is_b))
            item.setData(QtCore.Qt.ItemDataRole.AccessibleTextRole, item.toolTip())
            item.setSizeHint(QtCore.QSize(SIDE + 8, SIDE + 8))
            if entry is history.shown:
                self.setCurrentItem(item)
        if grown:
            self.scrollToItem(self.item(self.count() - 1))

    def changeEvent(self, event: Any) -> None:
        """Another theme: draw the marks again, in the new colours."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.PaletteChange and hasattr(self, "_seen"):
            self._seen = []
            self.refresh()

    def menu(self, entry: Entry) -> QtWidgets.QMenu:
        """What can be done with `entry`."""
        menu = QtWidgets.QMenu(self)
        explorer = self._explorer
        menu.addAction(tr("Show")).triggered.connect(lambda: explorer.show(entry))
        menu.addSeparator()
        add_components(menu, explorer, entry)
        menu.addSeparator()
        pin = menu.addAction(tr("Pinned: never dropped"))
        pin.setCheckable(True)
        pin.setChecked(entry.pinned)
        pin.triggered.connect(lambda on: explorer.pin(entry, on))
        menu.addAction(tr("Remove from the history")).triggered.connect(lambda: explorer.remove(entry))
        menu.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _ask(self, place: QtCore.QPoint) -> None:
        item = self.itemAt(place) or self.currentItem()
        if item is not None:
            where = place if self.itemAt(place) is item else self.visualItemRect(item).center()
            self.menu(item.data(_ENTRY)).popup(self.viewport().mapToGlobal(where))

    def _picture(self, entry: Entry, letter: str, ratio: float) -> QtGui.QPixmap:
        side = round(SIDE * ratio)
        image = QtGui.QImage.fromData(entry.thumbnail)
        mode = QtCore.Qt.TransformationMode.SmoothTransformation
        image = image.scaled(side, side, QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        picture = QtGui.QPixmap.fromImage(image)
        picture.setDevicePixelRatio(ratio)
        pen = QtGui.QPainter(picture)
        pen.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        if entry is self._explorer.history.shown:
            pen.setPen(QtGui.QPen(self.palette().highlight(), 6))  # half of it is outside
            pen.drawRect(QtCore.QRectF(0, 0, SIDE, SIDE))
        if letter:
            self._badge(pen, QtCore.QRectF(2, 2, 18, 18), letter)
        if entry.pinned:
            self._badge(pen, QtCore.QRectF(SIDE - 20, 2, 18, 18), "\N{BLACK STAR}")
        pen.end()
        return picture

    def _badge(self, pen: QtGui.QPainter, place: QtCore.QRectF, text: str) -> None:
        pen.setPen(QtCore.Qt.PenStyle.NoPen)
        pen.setBrush(self.palette().highlight())
        pen.drawRoundedRect(place, 4, 4)
        pen.setPen(self.palette().color(QtGui.QPalette.ColorRole.HighlightedText))
        font = pen.font()
        font.setBold(True)
        font.setPixelSize(13)
        pen.setFont(font)
        pen.drawText(place, text, QtGui.QTextOption(QtCore.Qt.AlignmentFlag.AlignCenter))


def add_components(menu: QtWidgets.QMenu, explorer: Any, entry: Entry) -> None:
    """Actions that take one part of the face from `entry`."""
    for name, label in components.LABELS.items():
        action = menu.addAction(tr("Take over: {part}").format(part=tr(label)))
        action.triggered.connect(lambda _=False, name=name: explorer.take_component(entry, name))


def _about(entry: Entry, number: int, count: int, is_a: bool, is_b: bool) -> str:
    when = QtCore.QDateTime.fromSecsSinceEpoch(int(entry.time))
    text = tr("Portrait {number} of {count}, {time}")
    text = text.format(number=number, count=count, time=QtCore.QLocale().toString(when, _SHORT))
    marks = [mark for mark, holds in ((tr("A"), is_a), (tr("B"), is_b), (tr("pinned"), entry.pinned)) if holds]
    return ", ".join((text, *marks))


_SHORT = QtCore.QLocale.FormatType.ShortFormat
