import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Asks once before a visit ends of itself. Lies where the tools lie and so covers no level and no reason; the time to
// answer runs out as a thin bar.
Rectangle {
    id: asking

    required property ScreenModel screen

    readonly property bool below: Theme.banded && screen.panel === ""

    visible: screen.asking
    y: below ? parent.height - height : Theme.banded ? Theme.bandTop : 0
    width: parent.width
    height: Theme.banded ? Theme.toolbar : Theme.header + Theme.u(screen.panel === "" ? 2 : 4)
    color: Theme.accentSoft

    TapHandler {} // what lies below is not to be pressed by mistake
    Rectangle {
        y: asking.below ? 0 : parent.height - height
        width: parent.width
        height: Theme.hair * 2
        color: Theme.accent
    }
    Words {
        x: Theme.at(Theme.margin, width, parent.width)
        width: parent.width - 2 * Theme.margin - yes.width - Theme.u(4)
        height: parent.height - Theme.u(2)
        anchors.verticalCenter: parent.verticalCenter
        verticalAlignment: Text.AlignVCenter
        horizontalAlignment: Theme.left ? Text.AlignRight : Text.AlignLeft
        text: asking.screen.words["asking.title"]
        font.pixelSize: Theme.label
        font.bold: true
        fontSizeMode: Text.Fit
        minimumPixelSize: Theme.leastType
        Accessible.role: Accessible.AlertMessage
    }
    PushButton {
        id: yes
        objectName: "still_there"
        primary: true
        size: Theme.label
        label: asking.screen.words["asking.yes"]
        x: Theme.at(parent.width - width - Theme.margin, width, parent.width)
        width: Math.max(implicitWidth, Theme.u(44))
        height: Theme.target
        anchors.verticalCenter: parent.verticalCenter
        onTapped: asking.screen.stillThere()
    }
    TimeBar {
        x: 0
        y: asking.below ? 0 : parent.height - height
        width: parent.width
        deadline: asking.screen.deadline
        remaining: asking.screen.timeLeft
        total: asking.visible ? asking.screen.timeTotal : 0
    }
}
