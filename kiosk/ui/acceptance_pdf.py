"""An acceptance sheet as a PDF of A4 pages: made with Qt alone, its fonts embedded.

Needs an application, and no screen: `offscreen` serves.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QMarginsF, QSizeF, QUrl
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from kiosk.core.acceptance import CheckedItem, Sheet, TriedItem
from kiosk.ui.qr import modules
from kiosk.ui.words import Words

Say = Callable[..., str]
DPI = 150
MARGIN_MM = 15.0
_SIGNS = {"ok": "✓", "warning": "!", "failed": "✕"}
_QR_MODULE = 8
_HTML_DPI = 96
_PICTURE_MM, _QR_MM = 66.0, 30.0


def sheet_as_pdf(sheet: Sheet, words: Words, picture: bytes, families: Sequence[str]) -> bytes:
    """The PDF's bytes. `picture`: of the screen, PNG or nothing; `families`: fonts, best first."""
    application = QGuiApplication.instance() or QGuiApplication(["kiosk"])
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    writer.setTitle(words.text(sheet.language, "title"))
    writer.setCreator("kiosk")
    document = QTextDocument()
    font = QFont()
    font.setFamilies(list(families))
    font.setPointSizeF(9.0)
    document.setDefaultFont(font)
    document.documentLayout().setPaintDevice(writer)
    shot = QImage()
    if picture and shot.loadFromData(picture):
        document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl("screen"), shot)
    document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl("qr"), _qr(sheet.code))
    document.setPageSize(QSizeF(writer.width(), writer.height()))
    document.setDocumentMargin(0)
    document.setHtml(_html(sheet, words, not shot.isNull()))
    document.print_(writer)
    buffer.close()
    del writer, document, application
    return bytes(data.data())


def _qr(content: str) -> QImage:
    rows = modules(content)
    image = QImage(len(rows) * _QR_MODULE, len(rows) * _QR_MODULE, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                painter.fillRect(across * _QR_MODULE, down * _QR_MODULE, _QR_MODULE, _QR_MODULE, 0xFF000000)
    painter.end()
    return image


def _html(sheet: Sheet, words: Words, pictured: bool) -> str:
    def say(key: str, **values: object) -> str:
        return escape(words.text(sheet.language, key, **values))

    def pixels(mm: float) -> int:
        return round(mm / 25.4 * _HTML_DPI)

    qr = f'<img src="qr" width="{pixels(_QR_MM)}" height="{pixels(_QR_MM)}">'
    shot = f'<img src="screen" width="{pixels(_PICTURE_MM)}">' if pictured else ""
    verdict = say("passed") if sheet.passed else say("not_passed")
    who = {
        "hall": sheet.hall, "window": sheet.window, "device": sheet.device_id, "key": sheet.key_id,
        "central": sheet.central, "technician": sheet.technician, "made_at": sheet.made_at,
    }  # fmt: skip
    tests = {one.test: one for one in sheet.tests}
    made_of = {**sheet.hardware, **sheet.versions}
    parts = [
        f'<table width="100%"><tr><td><p style="font-size:18pt; font-weight:bold">{say("title")}</p>'
        f'<p style="font-size:13pt; font-weight:bold">{verdict}</p>{_pairs(who, say)}</td>'
        f'<td align="right">{qr}<br>{shot}</td></tr></table>',
        _heading(say("tests")),
        _table([_tried(name, tests.get(name), say) for name in ("touch", "speaker", "round_trip")]),
        _heading(say("checks")),
        _table([_checked(one, say) for one in sheet.checks]),
        _heading(say("unit")),
        f"<p>{escape(' · '.join(f'{name} {value}' for name, value in made_of.items()))}</p>",
        f"<p>{say('digest', digest=sheet.digest)}</p>",
        f"<p>{say('signed')}</p>",
        _signatures(say),
    ]
    return "".join(parts)


def _heading(text: str) -> str:
    return f'<p style="font-size:12pt; font-weight:bold">{text}</p>'


def _pairs(pairs: Mapping[str, str], say: Say) -> str:
    named = ((say(f"field.{name}"), value) for name, value in pairs.items())
    rows = "".join(f"<tr><td><b>{name}</b>&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>" for name, value in named)
    return f'<table cellpadding="1">{rows}</table>'


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = "".join(
        f'<tr><td width="12%"><b>{sign}</b></td><td width="20%"><b>{name}</b></td><td width="68%">{found}</td></tr>'
        for sign, name, found in rows
    )
    return f'<table border="1" cellspacing="0" cellpadding="4" width="100%">{lines}</table>'


def _checked(one: CheckedItem, say: Say) -> tuple[str, str, str]:
    remedy = f"<br><i>→ {escape(one.remedy)}</i>" if one.remedy else ""
    return f"{_SIGNS[one.result]} {say(f'result.{one.result}')}", escape(one.check), escape(one.found) + remedy


def _tried(name: str, one: TriedItem | None, say: Say) -> tuple[str, str, str]:
    if one is None:
        return f"– {say('result.untried')}", say(f"test.{name}"), say("untried")
    result = "ok" if one.passed else "failed"
    by = say("by", at=one.at, technician=one.technician)
    return f"{_SIGNS[result]} {say(f'result.{result}')}", say(f"test.{name}"), (
        say(f"test.{name}.numbers", **one.numbers) + "<br>" + by
    )  # fmt: skip


def _signatures(say: Say) -> str:
    cells = "".join(
        f'<td width="50%"><br><br><br>______________________________<br>{say(f"hand.{who}")}<br>{say("hand.date")}</td>'
        for who in ("technician", "hall")
    )
    return f'<table width="100%" cellpadding="6"><tr>{cells}</tr></table>'
