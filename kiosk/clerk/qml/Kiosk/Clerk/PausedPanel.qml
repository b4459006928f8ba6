import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The service is paused: one thing to do.
ColumnLayout {
    id: panel

    required property ConsoleModel desk

    spacing: 6

    TroubleText {
        Layout.fillWidth: true
        desk: panel.desk
        places: ["pause"]
    }
    PushButton {
        objectName: "resume"
        Layout.fillWidth: true
        implicitHeight: 48
        primary: true
        text: panel.desk.words["pause.end"]
        hint: "F6"
        enabled: panel.desk.canResume
        onClicked: panel.desk.resume()
    }
}
