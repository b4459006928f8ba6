import QtQuick
import Kiosk.Parts

// One thing worth knowing, on a plate: a sign, what it is, and the thing itself.
Panel {
    id: plate

    required property string picture
    required property string text
    property string above: ""

    implicitWidth: Math.min(Theme.width - 2 * Theme.margin, sign.width + Math.max(line.implicitWidth, small.implicitWidth) + Theme.u(22))
    implicitHeight: Math.max(Theme.u(18), lines.height + Theme.u(8))

    Image {
        id: sign
        x: Theme.u(7)
        anchors.verticalCenter: parent.verticalCenter
        source: Theme.art("pictures", plate.picture)
        sourceSize: Qt.size(Theme.u(9), Theme.u(9))
    }
    Column {
        id: lines
        // by its sides, not by its width, which Qt 6.7 takes for a loop
        anchors.left: sign.right
        anchors.leftMargin: Theme.u(5)
        anchors.right: parent.right
        anchors.rightMargin: Theme.u(6)
        anchors.verticalCenter: parent.verticalCenter
        Words {
            id: small
            width: parent.width
            text: plate.above
            font.pixelSize: Theme.small
            color: Theme.soft
            visible: text !== ""
        }
        Words {
            id: line
            width: parent.width
            text: plate.text
            font.pixelSize: Theme.label
            font.bold: true
        }
    }
}
