import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// Number and PIN, for whoever sits down; a card reader types into the number.
ColumnLayout {
    id: fields

    required property ConsoleModel desk

    spacing: ClerkTheme.hair + 2

    function begin() {
        number.forceActiveFocus(Qt.OtherFocusReason);
    }

    RowLayout {
        spacing: ClerkTheme.hair + 2

        Field {
            id: number
            objectName: "number"
            focus: true
            Layout.fillWidth: true
            Layout.preferredWidth: 4
            label: fields.desk.words["staff.number"]
            text: fields.desk.number
            faulty: fields.desk.troublePlace === "number"
            inputMethodHints: Qt.ImhPreferLatin | Qt.ImhNoPredictiveText
            onTextEdited: fields.desk.typeNumber(text)
            Keys.onReturnPressed: pin.forceActiveFocus(Qt.TabFocusReason)
            Keys.onEnterPressed: pin.forceActiveFocus(Qt.TabFocusReason)
        }
        Field {
            id: pin
            objectName: "pin"
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            label: fields.desk.words["staff.pin"]
            text: fields.desk.pin
            faulty: fields.desk.troublePlace === "pin"
            echoMode: TextInput.Password
            maximumLength: 32
            onFaultyChanged: if (faulty) selectAll()
            inputMethodHints: Qt.ImhSensitiveData | Qt.ImhNoPredictiveText
            onTextEdited: fields.desk.typePin(text)
            Keys.onReturnPressed: fields.desk.signIn()
            Keys.onEnterPressed: fields.desk.signIn()
        }
        PushButton {
            objectName: "signIn"
            text: fields.desk.words["staff.sign_in"]
            hint: "Enter"
            enabled: fields.desk.canSign
            onClicked: fields.desk.signIn()
        }
    }
    TroubleText {
        Layout.fillWidth: true
        desk: fields.desk
        places: ["number", "pin", "staff"]
    }
}
