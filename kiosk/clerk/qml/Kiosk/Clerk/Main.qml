import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The console: who, what the terminal does, what the clerk can do now, what waits to be sent.
Rectangle {
    id: main

    required property ConsoleModel desk

    color: ClerkTheme.ground

    Shortcut {
        sequence: "F2"
        onActivated: main.desk.start()
    }
    Shortcut {
        sequence: "F3"
        onActivated: main.desk.invite()
    }
    Shortcut {
        sequence: "F6"
        onActivated: main.desk.canResume ? main.desk.resume() : main.desk.askPause()
    }
    Shortcut {
        sequence: "F7"
        onActivated: main.desk.askCancel()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        enabled: !sheet.visible

        HeaderBar {
            Layout.fillWidth: true
            desk: main.desk
        }
        Banner {
            objectName: "banner"
            Layout.fillWidth: true
            message: main.desk.banner
        }
        ColumnLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.margins: ClerkTheme.margin
            spacing: ClerkTheme.margin

            StaffPanel {
                Layout.fillWidth: true
                desk: main.desk
            }
            StatePanel {
                Layout.fillWidth: true
                desk: main.desk
            }
            FormPanel {
                Layout.fillWidth: true
                visible: main.desk.panel === "form"
                desk: main.desk
            }
            RunningPanel {
                Layout.fillWidth: true
                visible: main.desk.panel === "running"
                desk: main.desk
            }
            PausedPanel {
                Layout.fillWidth: true
                visible: main.desk.panel === "paused"
                desk: main.desk
            }
            Item {
                Layout.fillHeight: true
            }
        }
        FooterBar {
            Layout.fillWidth: true
            desk: main.desk
        }
    }
    ReasonSheet {
        id: sheet
        anchors.fill: parent
        desk: main.desk
    }
}
