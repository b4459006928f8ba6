import QtQuick
import QtQuick.VirtualKeyboard.Styles
import Kiosk.Parts

// A key with a sign on it.
KeyPanel {
    id: panel

    required property real grid // pixels of one unit of the keyboard's design
    required property string sign

    Rectangle {
        anchors.fill: parent
        anchors.margins: 7 * panel.grid
        radius: 16 * panel.grid
        color: panel.control.pressed ? Theme.accentSoft : Theme.line
    }
    Image {
        anchors.centerIn: parent
        opacity: panel.control.enabled ? 1 : 0.35
        source: Theme.assets + "keys/" + panel.sign + ".svg"
        sourceSize: Qt.size(88 * panel.grid, 88 * panel.grid)
    }
}
