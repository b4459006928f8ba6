import QtQuick
import Kiosk.Parts

// An honour, with its star.
Rectangle {
    id: badge

    required property string text

    implicitWidth: line.width + Theme.u(6)
    implicitHeight: line.height + Theme.u(2.6)
    radius: height / 2
    color: Theme.accentSoft
    border.width: Theme.contrast ? Theme.hair : 0
    border.color: Theme.edge

    Row {
        id: line
        anchors.centerIn: parent
        spacing: Theme.u(1.4)
        Image {
            anchors.verticalCenter: parent.verticalCenter
            source: Theme.art("pictures", "star")
            sourceSize: Qt.size(Theme.u(5), Theme.u(5))
        }
        Words {
            anchors.verticalCenter: parent.verticalCenter
            text: badge.text
            font.pixelSize: Theme.small
            font.bold: true
            wrapMode: Text.NoWrap
        }
    }
}
