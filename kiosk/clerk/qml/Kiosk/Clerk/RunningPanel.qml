import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The visit that runs: what it is about, inviting the citizen, or cancelling. The same whatever the citizen does.
ColumnLayout {
    id: panel

    required property ConsoleModel desk

    spacing: ClerkTheme.hair

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
        Layout.topMargin: ClerkTheme.hair
        desk: panel.desk
        places: ["visit", "call"]
    }
    PushButton {
        objectName: "invite"
        Layout.fillWidth: true
        Layout.topMargin: ClerkTheme.gap
        primary: true
        text: panel.desk.words["visit.invite"]
        hint: panel.desk.keys["invite"]
        enabled: panel.desk.canInvite
        onClicked: panel.desk.invite()
    }
    PushButton {
        objectName: "cancel"
        Layout.fillWidth: true
        Layout.topMargin: ClerkTheme.hair
        text: panel.desk.words["visit.cancel"]
        hint: panel.desk.keys["cancel"]
        enabled: panel.desk.canCancel
        onClicked: panel.desk.askCancel()
    }
    Text {
        Layout.fillWidth: true
        Layout.topMargin: ClerkTheme.hair
        visible: text !== ""
        text: panel.desk.nextCase
        textFormat: Text.PlainText
        elide: Text.ElideMiddle
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.small
    }
}
