import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// Which window this is; settings and keys; and out of the way.
Rectangle {
    id: header

    required property ConsoleModel desk

    implicitHeight: ClerkTheme.quiet + 2 * ClerkTheme.hair + 2
    color: ClerkTheme.paper

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: ClerkTheme.margin
        anchors.rightMargin: ClerkTheme.margin
        spacing: ClerkTheme.hair + 2

        Text {
            Layout.fillWidth: true
            text: header.desk.windowText
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: ClerkTheme.ink
            font.pixelSize: ClerkTheme.body
            font.weight: Font.DemiBold
        }
        PushButton {
            objectName: "settings"
            quiet: true
            text: header.desk.words["settings.open"]
            hint: header.desk.keys["settings"]
            onClicked: header.desk.askSettings()
        }
        PushButton {
            objectName: "fold"
            quiet: true
            text: header.desk.words["fold"]
            hint: header.desk.keys["fold"]
            onClicked: header.desk.toggleFold()
        }
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: ClerkTheme.line
    }
}
