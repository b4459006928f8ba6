import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// Who sits here; or number and PIN, for whoever sits down.
ColumnLayout {
    id: panel

    required property ConsoleModel desk

    spacing: ClerkTheme.hair

    function begin() {
        fields.begin();
    }

    RowLayout {
        visible: panel.desk.signedIn
        spacing: ClerkTheme.gap

        Rectangle {
            implicitWidth: ClerkTheme.target
            implicitHeight: ClerkTheme.target
            radius: ClerkTheme.target / 2
            color: ClerkTheme.accentSoft
            Text {
                anchors.centerIn: parent
                text: panel.desk.staffName.charAt(0)
                textFormat: Text.PlainText
                color: ClerkTheme.accent
                font.pixelSize: ClerkTheme.title
                font.weight: Font.DemiBold
            }
        }
        ColumnLayout {
            Layout.fillWidth: true
            spacing: 0
            Text {
                Layout.fillWidth: true
                text: panel.desk.staffName
                textFormat: Text.PlainText
                elide: Text.ElideRight
                color: ClerkTheme.ink
                font.pixelSize: ClerkTheme.title
                font.weight: Font.DemiBold
            }
            Text {
                Layout.fillWidth: true
                text: panel.desk.staffLine
                textFormat: Text.PlainText
                elide: Text.ElideRight
                color: ClerkTheme.soft
                font.pixelSize: ClerkTheme.small
            }
        }
        PushButton {
            objectName: "shift"
            quiet: true
            text: panel.desk.words["staff.shift"]
            hint: panel.desk.keys["shift"]
            enabled: panel.desk.canSign
            onClicked: panel.desk.askShift()
        }
    }
    SignInFields {
        id: fields
        visible: !panel.desk.signedIn
        desk: panel.desk
    }
    TroubleText {
        Layout.fillWidth: true
        desk: panel.desk
        places: panel.desk.signedIn ? ["number", "pin", "staff"] : []
    }
}
