import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The technician's page: a title, how things stand, and below that tiles or rows; the grid over all of the glass.
// On a machine one stands at all of it is in the lower band.
Rectangle {
    id: sheet

    required property ScreenModel screen
    required property TechnicianModel technician

    readonly property bool upright: Theme.portrait
    readonly property real edge: Theme.margin
    readonly property real inner: width - 2 * edge
    readonly property real head: upright ? Theme.bandTop + Theme.u(3) : Theme.u(4)
    readonly property real foot: height - Theme.target - Theme.foot
    readonly property real under: (facts.visible ? facts.y + facts.height : note.y + note.height) + Theme.u(2)
    readonly property bool rows: technician.names.length > 0
    readonly property string step: technician.step
    readonly property bool explains: ["touch", "speaker", "trip", "sheet"].includes(step)

    objectName: "technician.sheet"
    color: Theme.ground
    onStepChanged: dead.restart()
    Accessible.role: Accessible.Dialog
    Accessible.name: technician.title

    TapHandler {
        gesturePolicy: TapHandler.ReleaseWithinBounds // nothing below is to be pressed through the page
    }
    Words {
        id: title
        x: sheet.edge
        y: sheet.head
        width: sheet.inner
        height: Theme.target
        verticalAlignment: Text.AlignVCenter
        text: sheet.technician.title
        font.pixelSize: Theme.title
        font.bold: true
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 1
        wrapMode: Text.NoWrap
    }
    Words {
        id: note
        objectName: "technician.note"
        x: sheet.edge
        y: title.y + title.height + Theme.u(1)
        width: sheet.inner
        height: Theme.type(sheet.explains ? 17 : 8)
        verticalAlignment: Text.AlignVCenter
        text: sheet.technician.hint || sheet.technician.note
        color: sheet.technician.hint ? Theme.accent : Theme.soft
        font.bold: sheet.technician.hint !== ""
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 4
        Accessible.role: sheet.technician.hint ? Accessible.AlertMessage : Accessible.StaticText
    }
    Words {
        id: facts
        objectName: "technician.facts"
        visible: text !== ""
        x: sheet.edge
        y: note.y + note.height + Theme.u(1)
        width: sheet.inner
        height: Theme.type(sheet.width < sheet.height ? 20 : 14)
        text: sheet.technician.facts
        font.pixelSize: Theme.small
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 4
    }
    TechnicianTiles {
        visible: sheet.technician.choices.length > 0
        enabled: !sheet.technician.busy
        technician: sheet.technician
        x: sheet.edge
        y: sheet.under
        width: sheet.inner
        height: sheet.foot - y - Theme.gap
    }
    TechnicianRows {
        visible: sheet.rows
        technician: sheet.technician
        x: sheet.edge
        y: sheet.under
        width: sheet.inner
        height: sheet.foot - y - Theme.gap
    }
    PushButton {
        id: back
        objectName: "technician.back"
        visible: sheet.technician.canGoBack
        label: sheet.screen.words["menu.back"]
        x: sheet.edge
        y: sheet.foot
        width: Math.max(Theme.u(34), Theme.target)
        height: Theme.target
        onTapped: sheet.technician.goBack()
    }
    PushButton {
        objectName: "technician.close"
        label: sheet.screen.words["menu.close"]
        x: back.visible ? back.x + back.width + Theme.gap : sheet.edge
        y: sheet.foot
        width: Math.max(Theme.u(34), Theme.target)
        height: Theme.target
        onTapped: sheet.technician.leave()
    }
    PushButton {
        objectName: "technician.act"
        visible: sheet.technician.actLabel !== ""
        primary: true
        label: sheet.technician.actLabel
        x: sheet.edge + sheet.inner - width
        y: sheet.foot
        width: Theme.u(60)
        height: Theme.target
        onTapped: sheet.technician.choose("act")
    }
    TechnicianGrid {
        anchors.fill: parent
        visible: sheet.technician.gridPhase === "still" || sheet.technician.gridPhase === "painting"
        technician: sheet.technician
    }
    Item {
        // As after a change of page.
        objectName: "technician.dead"
        anchors.fill: parent
        visible: dead.running
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }
        Timer {
            id: dead
            interval: Theme.dead
            running: true
        }
    }
}
