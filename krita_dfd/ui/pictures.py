"""Small pictures for buttons: parts of a portrait, colours, a die. All in logical pixels, sharp on every screen."""

from __future__ import annotations

from collections.abc import Callable

from .. import components
from ..qt import QtCore, QtGui, QtWidgets

_CHECKS = 4
"""Side of a square of the pattern that stands for no colour."""


def part_of(image: bytes, part: str, side: int, widget: QtWidgets.QWidget) -> QtGui.QPixmap:
    """A part of a portrait (512 x 512 RGB bytes) as a picture of `side` x `side` for `widget`."""
    x, y, size = components.WINDOWS[part]
    line = 3 * components.CANVAS
    whole = QtGui.QImage(image, components.CANVAS, components.CANVAS, line, QtGui.QImage.Format.Format_RGB888)
    return _fitted(whole.copy(x, y, size, size), side, widget)


def square(pixels: bytes, size: int, side: int, widget: QtWidgets.QWidget) -> QtGui.QPixmap:
    """`size` x `size` RGB bytes as a picture of `side` x `side` for `widget`."""
    image = QtGui.QImage(pixels, size, size, 3 * size, QtGui.QImage.Format.Format_RGB888)
    return _fitted(image, side, widget)


def with_arrow(picture: QtGui.QPixmap | None, side: int, widget: QtWidgets.QWidget) -> QtGui.QIcon:
    """An icon of `side` x `side` that says that a list opens; without a picture, only that."""

    def draw(pen: QtGui.QPainter) -> None:
        text = _text_colour(widget)
        if picture is None:
            text.setAlpha(90)
            pen.setPen(text)
            pen.drawRect(QtCore.QRectF(0.5, 0.5, side - 1, side - 1))
        else:
            pen.drawPixmap(0, 0, picture)
        corner = QtCore.QRectF(side - 13, side - 11, 13, 11)
        if picture is not None:
            pen.fillRect(corner, QtGui.QColor(0, 0, 0, 150))
        pen.setPen(QtCore.Qt.PenStyle.NoPen)
        pen.setBrush(QtGui.QColor(255, 255, 255) if picture is not None else text)
        x, y = corner.center().x(), corner.center().y()
        tip = [QtCore.QPointF(x - 4, y - 2), QtCore.QPointF(x + 4, y - 2), QtCore.QPointF(x, y + 2.5)]
        pen.drawPolygon(QtGui.QPolygonF(tip))

    return _drawn(QtCore.QSize(side, side), widget, draw)


def swatch(colour: tuple[int, int, int] | None, chosen: bool, size: QtCore.QSize,
           widget: QtWidgets.QWidget) -> QtGui.QIcon:  # fmt: skip
    """A colour, or a pattern for none; one that the painter has `chosen` has a strong frame."""

    def draw(pen: QtGui.QPainter) -> None:
        whole = QtCore.QRectF(0, 0, size.width(), size.height())
        text = _text_colour(widget)
        if colour is not None:
            pen.fillRect(whole, QtGui.QColor(*colour))
        else:
            text.setAlpha(40)
            for x in range(0, size.width(), _CHECKS):
                for y in range(x // _CHECKS % 2 * _CHECKS, size.height(), 2 * _CHECKS):
                    pen.fillRect(x, y, _CHECKS, _CHECKS, text)
        text.setAlpha(255 if chosen else 90)
        width = 2 if chosen else 1
        pen.setPen(QtGui.QPen(text, width))
        pen.drawRect(whole.adjusted(width / 2, width / 2, -width / 2, -width / 2))

    return _drawn(size, widget, draw)


def die(side: int, widget: QtWidgets.QWidget) -> QtGui.QIcon:
    """A die that shows five, in the colour of the theme's text."""

    def draw(pen: QtGui.QPainter) -> None:
        text = _text_colour(widget)
        pen.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        pen.setPen(QtGui.QPen(text, 1.2))
        pen.drawRoundedRect(QtCore.QRectF(1, 1, side - 2, side - 2), side / 5, side / 5)
        pen.setPen(QtCore.Qt.PenStyle.NoPen)
        pen.setBrush(text)
        for x, y in ((0.28, 0.28), (0.72, 0.28), (0.5, 0.5), (0.28, 0.72), (0.72, 0.72)):
            pen.drawEllipse(QtCore.QPointF(x * side, y * side), side / 11, side / 11)

    return _drawn(QtCore.QSize(side, side), widget, draw)


def _text_colour(widget: QtWidgets.QWidget) -> QtGui.QColor:
    """The theme's; when a theme is changed, the widget's own palette is still the old one."""
    return QtWidgets.QApplication.palette(widget).color(QtGui.QPalette.ColorRole.ButtonText)


def _fitted(image: QtGui.QImage, side: int, widget: QtWidgets.QWidget) -> QtGui.QPixmap:
    ratio = widget.devicePixelRatioF()
    pixels = round(side * ratio)
    aspect, smooth = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, QtCore.Qt.TransformationMode.SmoothTransformation
    picture = QtGui.QPixmap.fromImage(image.scaled(pixels, pixels, aspect, smooth))
    picture.setDevicePixelRatio(ratio)
    return picture


def _drawn(size: QtCore.QSize, widget: QtWidgets.QWidget, draw: Callable[[QtGui.QPainter], None]) -> QtGui.QIcon:
    ratio = widget.devicePixelRatioF()
    canvas = QtGui.QPixmap(size * ratio)
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(QtCore.Qt.GlobalColor.transparent)
    pen = QtGui.QPainter(canvas)
    draw(pen)
    pen.end()
    icon = QtGui.QIcon(canvas)
    icon.addPixmap(canvas, QtGui.QIcon.Mode.Disabled)  # in colour, too
    return icon
