"""The colour of skin, hair or background: automatic, or the painter's."""

from __future__ import annotations

from krita import Krita

from ..controller import Controller
from ..qt import QtCore, QtGui, QtWidgets, tr
from ..scratch import SRGB
from ..settings import Colour
from . import pictures

SIZE = QtCore.QSize(40, 16)


class ColourButton(QtWidgets.QToolButton):
    """A swatch of the colour that the portrait has, with a menu."""

    def __init__(self, part: str, label: str, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._part, self._label, self._controller = part, label, controller
        self._shown: Colour | None = None
        self.setObjectName(f"dfd_colour_{part}")
        self.setText(label)
        self.setIconSize(SIZE)
        self.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(40)
        menu = QtWidgets.QMenu(self)
        menu.setObjectName(f"dfd_colour_{part}_menu")
        self._automatic = menu.addAction(tr("Automatic"))
        self._automatic.setCheckable(True)
        self._automatic.triggered.connect(lambda: controller.set_colour(part, None))
        menu.addSeparator()
        menu.addAction(tr("As it is now")).triggered.connect(lambda: self._take(self._shown))
        menu.addAction(tr("Krita's foreground colour")).triggered.connect(lambda: self._take(_foreground()))
        menu.addAction(tr("Choose…")).triggered.connect(lambda: self._ask())
        self.setMenu(menu)

    def show_colour(self, chosen: Colour | None, shown: Colour | None) -> None:
        """`chosen` by the painter, or `shown` by the portrait; None where there is none."""
        self._shown = shown or chosen
        self._automatic.setChecked(chosen is None)
        self.setIcon(pictures.swatch(self._shown, chosen is not None, SIZE, self))
        tip = tr("{part}: automatic, guessed from the drawing, the seed or the reference. Click to choose a colour")
        if chosen is not None:
            tip = tr("{part}: your colour, as far as faces go. Click to choose another, or automatic")
        self.setToolTip(tip.format(part=self._label))
        self.setAccessibleName(f"{self._label}: {tr('automatic')}" if chosen is None else self._label)

    def _take(self, colour: Colour | None) -> None:
        if colour is not None:
            self._controller.set_colour(self._part, colour)

    def _ask(self) -> None:
        dialog = QtWidgets.QColorDialog(QtGui.QColor(*(self._shown or (128, 128, 128))), self)
        dialog.setObjectName(f"dfd_colour_{self._part}_dialog")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda colour: self._take((colour.red(), colour.green(), colour.blue())))
        dialog.open()


def _foreground() -> Colour | None:
    """What the painter paints with, in 8-bit sRGB."""
    window = Krita.instance().activeWindow()
    view = window.activeView() if window is not None else None
    if view is None or view.document() is None:
        return None
    colour = view.foregroundColor()
    colour.setColorSpace(*SRGB)
    red, green, blue = (min(255, max(0, round(255 * value))) for value in colour.componentsOrdered()[:3])
    return red, green, blue
