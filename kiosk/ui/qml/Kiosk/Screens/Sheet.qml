import QtQuick
import Kiosk.Model
import Kiosk.Parts

// What lies over a page: the page dimmed and out of reach, a panel with a title, and a way to close it, which stands in
// the lower band where all controls do. The sheet's own buttons stand beside that, or below what it says.
Item {
    id: sheet

    required property ScreenModel screen
    property string title: ""
    property real wanted: 0 // height of what it says; 0: all there is
    property int acts: 0 // how many buttons of its own
    property bool covered: false // something else lies over the panel, from `coveredTop` on
    property real coveredTop: 0
    default property alias content: body.data
    property alias actions: buttons.data

    readonly property var words: screen.words
    readonly property bool banded: Theme.banded
    readonly property bool lying: banded && !Theme.portrait // little height for much
    readonly property real edge: Theme.u(6)
    readonly property real head: banded ? heading.height + Theme.u(lying ? 6 : 8) : Math.max(Theme.target, heading.height) + Theme.u(7)
    readonly property real foot: banded || acts > 0 ? Theme.target + (lying ? Theme.gap : Theme.u(3)) + inside : Theme.u(5)
    readonly property real under: lying ? 0 : Theme.header
    readonly property real room: height - under - 2 * rim
    readonly property real rim: Theme.u(lying ? 1.5 : 3)
    readonly property real inside: Theme.u(lying ? 2.5 : 4)
    readonly property real reach: Math.min(room - head, (lying ? 0.82 * Theme.height : Theme.bandHeight) - rim) - foot // for controls
    readonly property real share: banded ? Math.floor((panel.width - 2 * edge - acts * Theme.gap) / (acts + 1)) : 0
    readonly property real small: banded ? Math.min(Theme.body, share / 6.5) : Theme.body
    readonly property alias area: body

    Rectangle {
        anchors.fill: parent
        color: Theme.contrast ? "#000000" : "#16273D"
        opacity: 0.55
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds // nothing below is to be pressed through the sheet
        }
    }
    Panel {
        id: panel
        visible: !sheet.covered
        x: Math.max(Theme.u(4), Theme.margin - Theme.u(4))
        width: parent.width - 2 * x
        height: sheet.wanted > 0 ? Math.min(sheet.room, sheet.head + sheet.wanted + sheet.foot) : sheet.room
        y: Math.round(sheet.banded ? parent.height - height - sheet.rim
                                   : sheet.under + sheet.rim + (sheet.room - height) / 2)
        Accessible.role: Accessible.Dialog
        Accessible.name: sheet.title

        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }
        Words {
            id: heading
            x: sheet.banded ? sheet.edge : Theme.at(sheet.edge, width, panel.width)
            y: sheet.banded ? Theme.u(sheet.lying ? 3 : 5) : Theme.u(4) + Math.round((Math.max(Theme.target, height) - height) / 2)
            width: panel.width - 2 * sheet.edge - (sheet.banded ? 0 : close.width + Theme.u(4))
            text: sheet.title
            font.pixelSize: sheet.lying ? Theme.label : Theme.title
            font.bold: true
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.ceil(Theme.leastType)
            maximumLineCount: 1
            wrapMode: Text.NoWrap
        }
        Item {
            id: body
            x: sheet.edge
            y: sheet.head
            width: panel.width - 2 * x
            height: panel.height - y - sheet.foot
        }
        Row {
            id: buttons
            x: Theme.at(panel.width - width - sheet.edge, width, panel.width)
            y: panel.height - Theme.target - sheet.inside
            spacing: Theme.gap
            layoutDirection: Theme.left ? Qt.RightToLeft : Qt.LeftToRight
        }
        PushButton {
            id: close
            objectName: "sheet.close"
            label: sheet.words["sheet.close"]
            icon: Theme.art("pictures", "close")
            x: sheet.banded ? Theme.at(sheet.edge, width, panel.width)
                            : Theme.at(panel.width - width - sheet.edge, width, panel.width)
            y: sheet.banded ? panel.height - height - sheet.inside : Theme.u(4)
            size: sheet.small
            width: sheet.share || Math.max(implicitWidth, Theme.u(36))
            height: Theme.target
            onTapped: sheet.screen.openSheet("")
        }
    }
    SheetWatch {
        z: 2
        screen: sheet.screen
        x: sheet.covered ? 0 : panel.x + Theme.hair
        y: sheet.covered ? sheet.coveredTop
                         : sheet.banded ? panel.y + panel.height - height - Theme.hair : panel.y + Theme.hair
        width: sheet.covered ? parent.width : panel.width - 2 * Theme.hair
        height: Theme.target + Theme.u(7.5)
        onOver: sheet.screen.openSheet("")
    }
}
