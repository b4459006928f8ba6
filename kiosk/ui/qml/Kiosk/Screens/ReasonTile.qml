import QtQuick
import Kiosk.Parts

// One reason, chosen or not.
Tap {
    id: tile

    required property bool chosen
    property real size: Theme.type(5)

    Accessible.role: Accessible.CheckBox
    Accessible.checkable: true
    Accessible.checked: chosen
    Accessible.onToggleAction: tile.tapped()

    Panel {
        anchors.fill: parent
        color: tile.chosen || tile.pressed ? Theme.accentSoft : Theme.paper
        edge: tile.chosen ? Theme.accent : Theme.line
    }
    Rectangle {
        id: box
        x: Theme.u(3.8)
        width: Theme.u(6)
        height: width
        radius: Theme.u(1.4)
        anchors.verticalCenter: parent.verticalCenter
        color: tile.chosen ? Theme.accent : Theme.paper
        border.width: tile.chosen ? 0 : Theme.hair * 2
        border.color: Theme.edge
        Image {
            anchors.fill: parent
            visible: tile.chosen
            source: Theme.art("pictures", "check")
            sourceSize: Qt.size(box.width, box.height)
        }
    }
    Text {
        x: box.x + box.width + Theme.u(3.2)
        width: parent.width - x - Theme.u(2.4)
        height: parent.height - Theme.u(1)
        anchors.verticalCenter: parent.verticalCenter
        verticalAlignment: Text.AlignVCenter
        text: tile.label
        textFormat: Text.PlainText
        color: Theme.ink
        font.pixelSize: tile.size
        wrapMode: Text.Wrap
        lineHeight: 0.88
        maximumLineCount: 3
        elide: Text.ElideRight
        fontSizeMode: Text.Fit
        minimumPixelSize: Theme.leastType
    }
}
