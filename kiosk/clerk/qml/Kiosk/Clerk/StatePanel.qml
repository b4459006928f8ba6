import QtQuick
import Kiosk.ClerkModel

// What the terminal is doing, in words, and what comes next.
Rectangle {
    id: panel

    required property ConsoleModel desk

    readonly property bool stopped: desk.face === "paused" || desk.face === "out_of_order"
    readonly property bool active: desk.panel === "running"

    implicitHeight: words.implicitHeight + 2 * ClerkTheme.gap + 4
    radius: ClerkTheme.radius
    color: active ? ClerkTheme.accent : stopped ? ClerkTheme.ink : ClerkTheme.accentSoft
    opacity: desk.away ? 0.45 : 1

    Column {
        id: words
        anchors.verticalCenter: parent.verticalCenter
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: ClerkTheme.margin
        spacing: 2

        Text {
            objectName: "stateText"
            width: parent.width
            text: panel.desk.stateText
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: panel.active || panel.stopped ? ClerkTheme.accentInk : ClerkTheme.accent
            font.pixelSize: ClerkTheme.state
            font.weight: Font.DemiBold
            Accessible.role: Accessible.StaticText
            Accessible.name: text
        }
        Text {
            width: parent.width
            text: panel.desk.stateDetail
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: panel.active || panel.stopped ? ClerkTheme.accentInk : ClerkTheme.ink
            font.pixelSize: ClerkTheme.small
        }
    }
}
