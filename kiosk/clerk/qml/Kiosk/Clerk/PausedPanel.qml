import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The service is paused: why, until when, and one thing to do.
ColumnLayout {
    id: panel

    required property ConsoleModel desk

    spacing: ClerkTheme.gap

    Text {
        Layout.fillWidth: true
        text: panel.desk.pauseText
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: ClerkTheme.ink
        font.pixelSize: ClerkTheme.body
    }
    TroubleText {
        Layout.fillWidth: true
        desk: panel.desk
        places: ["pause", "reason", "visit"]
    }
    PushButton {
        objectName: "resume"
        Layout.fillWidth: true
        primary: true
        text: panel.desk.words["pause.end"]
        hint: panel.desk.keys["pause"]
        enabled: panel.desk.canResume
        onClicked: panel.desk.pauseOrResume()
    }
}
