import QtQuick
import QtQuick.Layouts

// The next clerk signs in, in the same step in which the last one leaves.
SheetFrame {
    id: sheet

    name: "shift"
    confirms: false
    first: fields

    onVisibleChanged: if (visible) fields.begin()

    Text {
        Layout.fillWidth: true
        text: sheet.desk.words["staff.shift_note"]
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.small
    }
    SignInFields {
        id: fields
        Layout.fillWidth: true
        desk: sheet.desk
    }
    PushButton {
        objectName: "signOut"
        Layout.fillWidth: true
        text: sheet.desk.words["staff.sign_out"]
        hint: sheet.desk.keys["sign_out"]
        enabled: sheet.desk.canSign
        onClicked: sheet.desk.signOut()
    }
}
