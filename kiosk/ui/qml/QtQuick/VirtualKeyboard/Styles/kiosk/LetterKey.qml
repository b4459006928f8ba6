import QtQuick
import QtQuick.VirtualKeyboard.Styles
import Kiosk.Parts

// A key with a letter or a word on it.
KeyPanel {
    id: panel

    property bool quiet: false
    property bool small: false
    property string text: control.displayText

    Rectangle {
        anchors.fill: parent
        anchors.margins: Theme.u(0.5)
        radius: Theme.u(1.2)
        color: panel.control.pressed ? Theme.accentSoft : panel.quiet ? Theme.quietKey : Theme.paper
        border.width: panel.control.pressed || Theme.contrast ? Theme.hair * 2 : 0
        border.color: Theme.accent
    }
    Text {
        anchors.centerIn: parent
        text: panel.text
        color: panel.control.enabled ? Theme.ink : Theme.edge
        font.pixelSize: Theme.u(panel.small ? 3.6 : 5.2)
        font.capitalization: panel.control.uppercased ? Font.AllUppercase : Font.MixedCase
    }
}
