import QtQuick
import Kiosk.ClerkModel

// What did not work, in words, near the field it concerns; takes no room while all is well.
Text {
    id: trouble

    required property ConsoleModel desk
    required property list<string> places

    readonly property bool here: places.indexOf(desk.troublePlace) >= 0

    visible: here
    text: here ? "! " + desk.troubleText : ""
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
    color: ClerkTheme.trouble
    font.pixelSize: ClerkTheme.small

    Accessible.role: Accessible.AlertMessage
    Accessible.name: text
}
