import QtQuick
import QtQuick.VirtualKeyboard.Styles
import Kiosk.Parts

// A key with a sign on it.
KeyPanel {
    id: panel

    required property string sign

    Rectangle {
        anchors.fill: parent
        anchors.margins: Theme.u(0.5)
        radius: Theme.u(1.2)
        color: panel.control.pressed ? Theme.accentSoft : Theme.quietKey
        border.width: Theme.contrast ? Theme.hair * 2 : 0
        border.color: Theme.ink
    }
    Image {
        anchors.centerIn: parent
        opacity: panel.control.enabled ? 1 : 0.35
        source: Theme.art("keys", panel.sign)
        sourceSize: Qt.size(Theme.u(6.6), Theme.u(6.6))
    }
}
