"""Pictures of one run side by side on one sheet: a row for each stage, a column for each look."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

LONG_SIDE = 480
_GAP, _LABEL = 16, 28


@dataclass(frozen=True, slots=True)
class Exposure:
    """One picture, with the names of its row and its column."""

    row: str
    column: str
    picture: QImage


def contact_sheet(exposures: Sequence[Exposure]) -> QImage:
    """All of them on one sheet, each at most `LONG_SIDE` pixels long, its name above it. At least one is needed."""
    rows = list(dict.fromkeys(one.row for one in exposures))
    columns = list(dict.fromkeys(one.column for one in exposures))
    upright = exposures[0].picture.height() > exposures[0].picture.width()
    across = 2 if upright and len(rows) > 1 else 1  # two stages beside each other, or the sheet is all height
    size = exposures[0].picture.size().scaled(LONG_SIDE, LONG_SIDE, Qt.AspectRatioMode.KeepAspectRatio)
    cell = (size.width() + _GAP, size.height() + _GAP + _LABEL)
    lines = -(-len(rows) // across)
    sheet = QImage(
        across * len(columns) * cell[0] + _GAP, lines * cell[1] + _GAP, QImage.Format.Format_RGB32
    )  # fmt: skip
    sheet.fill(QColor("#D8D8D8"))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for one in exposures:
        row, column = rows.index(one.row), columns.index(one.column)
        x = (row % across * len(columns) + column) * cell[0] + _GAP
        y = row // across * cell[1] + _GAP
        painter.drawText(
            QRect(x, y, size.width(), _LABEL), Qt.AlignmentFlag.AlignVCenter, f"{one.row} · {one.column}"
        )  # fmt: skip
        small = one.picture.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        painter.drawImage(x, y + _LABEL, small)
    painter.end()
    return sheet
