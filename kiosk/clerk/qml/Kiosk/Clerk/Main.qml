import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The console: who, what the terminal does, what the clerk can do now, what waits to be sent. Folded, a chip.
Rectangle {
    id: main

    required property ConsoleModel desk

    color: ClerkTheme.ground

    // The keyboard goes where the next thing is to be typed, or nowhere at all while a visit runs: an Enter too many
    // must press nothing.
    function rest() {
        if (desk.folded || desk.sheet !== "")
            return;
        if (!desk.signedIn)
            staff.begin();
        else if (desk.panel === "form")
            form.rest();
        else
            nowhere.forceActiveFocus(Qt.OtherFocusReason);
    }
    Component.onCompleted: Qt.callLater(rest)

    Connections {
        target: main.desk
        function onSignedInChanged() {
            Qt.callLater(main.rest);
        }
        function onPanelChanged() {
            Qt.callLater(main.rest);
        }
        function onSheetChanged() {
            Qt.callLater(main.rest);
        }
        function onFoldedChanged() {
            Qt.callLater(main.rest);
        }
    }
    Binding {
        target: ClerkTheme
        property: "large"
        value: main.desk.large
    }
    KeyMap {
        desk: main.desk
        onToMatter: form.toMatter()
        onToCase: form.toCase()
        onToTimes: form.toTimes()
    }

    Chip {
        objectName: "chip"
        anchors.fill: parent
        visible: main.desk.folded
        desk: main.desk
    }
    FocusScope {
        id: board
        anchors.fill: parent
        visible: !main.desk.folded

        Item {
            id: nowhere
            objectName: "nowhere"
        }
        ColumnLayout {
            anchors.fill: parent
            spacing: 0
            enabled: main.desk.sheet === ""

            HeaderBar {
                Layout.fillWidth: true
                desk: main.desk
            }
            Banner {
                objectName: "banner"
                Layout.fillWidth: true
                message: main.desk.banner
            }
            Banner {
                objectName: "reminder"
                Layout.fillWidth: true
                message: main.desk.reminder
                keyHint: "Esc"
                urgent: false
                onPressed: main.desk.putAway()
            }
            Flickable {
                Layout.fillWidth: true
                Layout.fillHeight: true
                clip: true
                contentHeight: work.implicitHeight + 2 * ClerkTheme.margin
                boundsBehavior: Flickable.StopAtBounds

                ColumnLayout {
                    id: work
                    x: ClerkTheme.margin
                    y: ClerkTheme.margin
                    width: parent.width - 2 * ClerkTheme.margin
                    spacing: ClerkTheme.margin

                    StaffPanel {
                        id: staff
                        Layout.fillWidth: true
                        desk: main.desk
                    }
                    StatePanel {
                        Layout.fillWidth: true
                        desk: main.desk
                    }
                    FormPanel {
                        id: form
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
                }
            }
            FooterBar {
                Layout.fillWidth: true
                desk: main.desk
            }
        }
        PauseSheet {
            anchors.fill: parent
            desk: main.desk
        }
        CancelSheet {
            anchors.fill: parent
            desk: main.desk
        }
        CallSheet {
            anchors.fill: parent
            desk: main.desk
        }
        ShiftSheet {
            anchors.fill: parent
            desk: main.desk
        }
        FiguresSheet {
            anchors.fill: parent
            desk: main.desk
        }
        SettingsSheet {
            anchors.fill: parent
            desk: main.desk
        }
    }
}
