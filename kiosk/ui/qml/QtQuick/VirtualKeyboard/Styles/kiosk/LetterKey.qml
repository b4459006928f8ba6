import QtQuick
import QtQuick.VirtualKeyboard.Styles
import Kiosk.Parts

// A key with a letter or a word on it.
KeyPanel {
    id: panel

    required property real grid // pixels of one unit of the keyboard's design
    property bool quiet: false
    property bool small: false
    property string text: control.displayText

    Rectangle {
        anchors.fill: parent
        anchors.margins: 7 * panel.grid
        radius: 16 * panel.grid
        color: panel.control.pressed ? Theme.accentSoft : panel.quiet ? Theme.line : Theme.paper
        border.width: panel.control.pressed ? Theme.hair * 2 : 0
        border.color: Theme.accent
    }
    Text {
        anchors.centerIn: parent
        text: panel.text
        color: panel.control.enabled ? Theme.ink : Theme.edge
        font.pixelSize: (panel.small ? 48 : 68) * panel.grid
        font.capitalization: panel.control.uppercased ? Font.AllUppercase : Font.MixedCase
    }
}
