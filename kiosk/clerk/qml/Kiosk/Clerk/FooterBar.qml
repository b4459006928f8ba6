import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// How much waits to be sent, and the pause.
Rectangle {
    id: footer

    required property ConsoleModel desk

    implicitHeight: 56
    color: ClerkTheme.paper

    Rectangle {
        width: parent.width
        height: 1
        color: ClerkTheme.line
    }
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: ClerkTheme.margin
        anchors.rightMargin: ClerkTheme.margin
        spacing: ClerkTheme.gap

        Text {
            objectName: "unsent"
            Layout.fillWidth: true
            text: footer.desk.unsentText
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            opacity: footer.desk.away ? 0.45 : 1
            color: footer.desk.unsent ? ClerkTheme.ink : ClerkTheme.soft
            font.pixelSize: ClerkTheme.small
            font.weight: footer.desk.unsent ? Font.DemiBold : Font.Normal
        }
        PushButton {
            objectName: "pause"
            visible: footer.desk.panel !== "paused"
            text: footer.desk.words["pause.start"]
            hint: "F6"
            enabled: footer.desk.canPause
            onClicked: footer.desk.askPause()
        }
    }
}
