import QtQuick
import Kiosk.Parts

// One key of the code's keypad.
Tap {
    id: key

    property url picture
    property bool faint: false // cannot be pressed now

    Rectangle {
        anchors.fill: parent
        radius: Theme.u(2)
        color: key.pressed ? Theme.accentSoft : key.faint ? Theme.ground : Theme.paper
        border.width: key.pressed ? Theme.hair * 3 : key.faint ? 0 : Theme.hair
        border.color: key.pressed ? Theme.accent : Theme.edge
    }
    Text {
        anchors.centerIn: parent
        visible: key.picture.toString() === ""
        text: key.label
        textFormat: Text.PlainText
        color: key.faint ? Theme.faint : Theme.ink
        font.pixelSize: Math.min(Theme.type(7), key.height * 0.62)
        font.bold: !key.faint
    }
    Image {
        anchors.centerIn: parent
        visible: key.picture.toString() !== ""
        source: key.picture
        sourceSize: Qt.size(Theme.u(8), Theme.u(8))
    }
}
