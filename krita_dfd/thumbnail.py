"""Small pictures: of the document, for the frame to be drawn on, and of a portrait, for the history.

Krita's own thumbnails of layers are of their painted part only, and those of documents take half a second on a large
canvas, so that they are for other colour spaces only.
"""

from __future__ import annotations

from typing import Any

from . import layers, reading, scratch
from .qt import QtCore, QtGui

OVERSAMPLED = 3
"""Pixels that are averaged in each direction, so that thin lines do not get lost."""


def of(document: Any, pinned: str, size: QtCore.QSize) -> QtGui.QImage:
    """What the canvas shows, stretched to `size`, with the drawing on top, which its portrait may hide.

    Only call this while no stroke is open.
    """
    width, height = document.width(), document.height()
    image = QtGui.QImage(size, QtGui.QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QtCore.Qt.GlobalColor.white)
    painter = QtGui.QPainter(image)
    painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
    whole = QtCore.QRect(0, 0, width, height)
    if scratch.is_srgb8(scratch.space_of(document)):
        _draw(painter, size, whole, whole, document.pixelData(0, 0, width, height))
    else:
        painter.drawImage(QtCore.QRect(QtCore.QPoint(), size), document.thumbnail(size.width(), size.height()))
    try:
        picture = reading.read(document, layers.source_of(document, pinned))
    except layers.SourceProblem:
        picture = None
    if picture is not None and picture.width and picture.height:
        area = QtCore.QRect(picture.x, picture.y, picture.width, picture.height)
        _draw(painter, size, whole, area, picture.data)
    painter.end()
    return image


def _draw(painter: Any, size: QtCore.QSize, whole: QtCore.QRect, area: QtCore.QRect, data: Any) -> None:
    """Draw the BGRA pixels of an area of the document where it is in the small picture."""
    across, down = size.width() / whole.width(), size.height() / whole.height()
    place = QtCore.QRectF(area.x() * across, area.y() * down, area.width() * across, area.height() * down)
    rows = QtGui.QImage(data, area.width(), area.height(), 4 * area.width(), QtGui.QImage.Format.Format_ARGB32)
    finer = QtCore.QSize(*(max(1, round(OVERSAMPLED * length)) for length in (place.width(), place.height())))
    modes = QtCore.Qt.TransformationMode
    if finer.width() < rows.width():
        rows = rows.scaled(finer, QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, modes.FastTransformation)
    rows = rows.scaled(
        max(1, round(place.width())), max(1, round(place.height())),
        QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, modes.SmoothTransformation,
    )  # fmt: skip
    painter.drawImage(place, rows, QtCore.QRectF(rows.rect()))


def of_portrait(image: bytes, size: int) -> bytes:
    """A PNG of `size` x `size` pixels of a portrait's 512 x 512 RGB bytes."""
    side = 512
    whole = QtGui.QImage(image, side, side, 3 * side, QtGui.QImage.Format.Format_RGB888)
    smooth, whole_side = QtCore.Qt.TransformationMode.SmoothTransformation, QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
    data = QtCore.QByteArray()
    buffer = QtCore.QBuffer(data)
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    whole.scaled(size, size, whole_side, smooth).save(buffer, "PNG")
    return data.data()
