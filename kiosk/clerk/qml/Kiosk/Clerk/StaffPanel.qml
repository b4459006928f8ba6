import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// Who sits here; or number and PIN, for whoever sits down.
ColumnLayout {
    id: panel

    required property ConsoleModel desk

    spacing: 6

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
                text: panel.desk.staffLine
                textFormat: Text.PlainText
                color: ClerkTheme.soft
                font.pixelSize: ClerkTheme.small
            }
        }
        PushButton {
            objectName: "signOut"
            text: panel.desk.words["staff.sign_out"]
            enabled: panel.desk.canSign
            onClicked: panel.desk.signOut()
        }
    }
    RowLayout {
        visible: !panel.desk.signedIn
        spacing: 8

        Field {
            id: number
            objectName: "number"
            focus: true
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            label: panel.desk.words["staff.number"]
            text: panel.desk.number
            faulty: panel.desk.troublePlace === "number"
            onTextEdited: panel.desk.typeNumber(text)
            Keys.onReturnPressed: pin.forceActiveFocus(Qt.TabFocusReason)
            Keys.onEnterPressed: pin.forceActiveFocus(Qt.TabFocusReason)
        }
        Field {
            id: pin
            objectName: "pin"
            Layout.fillWidth: true
            Layout.preferredWidth: 2
            label: panel.desk.words["staff.pin"]
            text: panel.desk.pin
            faulty: panel.desk.troublePlace === "pin"
            echoMode: TextInput.Password
            maximumLength: 32
            onFaultyChanged: if (faulty) selectAll()
            inputMethodHints: Qt.ImhSensitiveData | Qt.ImhNoPredictiveText
            onTextEdited: panel.desk.typePin(text)
            Keys.onReturnPressed: panel.desk.signIn()
            Keys.onEnterPressed: panel.desk.signIn()
        }
        PushButton {
            objectName: "signIn"
            text: panel.desk.words["staff.sign_in"]
            enabled: panel.desk.canSign
            onClicked: panel.desk.signIn()
        }
    }
    TroubleText {
        Layout.fillWidth: true
        desk: panel.desk
        places: ["number", "pin", "staff"]
    }
}
