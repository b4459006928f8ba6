import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The visit that runs: what it is about, inviting the citizen, or cancelling.
ColumnLayout {
    id: panel

    required property ConsoleModel desk

    spacing: 4

    Text {
        text: panel.desk.words["visit.running"]
        textFormat: Text.PlainText
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.small
    }
    Text {
        Layout.fillWidth: true
        text: panel.desk.runningMatter
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        maximumLineCount: 3
        elide: Text.ElideRight
        color: ClerkTheme.ink
        font.pixelSize: ClerkTheme.title
        font.weight: Font.DemiBold
    }
    Text {
        Layout.fillWidth: true
        visible: text !== ""
        text: panel.desk.runningCase
        textFormat: Text.PlainText
        elide: Text.ElideMiddle
        color: ClerkTheme.ink
        font.pixelSize: ClerkTheme.body
    }
    TroubleText {
        Layout.fillWidth: true
        Layout.topMargin: 4
        desk: panel.desk
        places: ["visit"]
    }
    PushButton {
        objectName: "invite"
        Layout.fillWidth: true
        Layout.topMargin: 10
        implicitHeight: 48
        primary: true
        text: panel.desk.words["visit.invite"]
        hint: "F3"
        enabled: panel.desk.canInvite
        onClicked: panel.desk.invite()
    }
    PushButton {
        objectName: "cancel"
        Layout.fillWidth: true
        Layout.topMargin: 4
        text: panel.desk.words["visit.cancel"]
        hint: "F7"
        enabled: panel.desk.canCancel
        onClicked: panel.desk.askCancel()
    }
}
