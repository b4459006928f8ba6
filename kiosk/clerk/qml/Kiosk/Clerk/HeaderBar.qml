import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// Which window this is, and the other language.
Rectangle {
    id: header

    required property ConsoleModel desk

    implicitHeight: 50
    color: ClerkTheme.paper

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: ClerkTheme.margin
        anchors.rightMargin: ClerkTheme.margin
        spacing: ClerkTheme.gap

        Text {
            Layout.fillWidth: true
            text: header.desk.windowText
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: ClerkTheme.ink
            font.pixelSize: ClerkTheme.title
            font.weight: Font.DemiBold
        }
        PushButton {
            objectName: "language"
            Layout.preferredHeight: 32
            text: header.desk.nextLanguage
            onClicked: header.desk.switchLanguage()
        }
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: ClerkTheme.line
    }
}
