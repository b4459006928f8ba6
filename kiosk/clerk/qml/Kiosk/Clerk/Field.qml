import QtQuick
import QtQuick.Controls.Basic

// A line to type in. Its text is the view model's; what is typed goes there and comes back.
TextField {
    id: field

    required property string label
    property bool faulty: false

    implicitHeight: ClerkTheme.target
    leftPadding: ClerkTheme.margin
    rightPadding: ClerkTheme.margin
    topPadding: 0
    bottomPadding: 0
    verticalAlignment: TextInput.AlignVCenter
    color: ClerkTheme.ink
    placeholderTextColor: ClerkTheme.soft
    selectionColor: ClerkTheme.accent
    selectedTextColor: ClerkTheme.accentInk
    font.pixelSize: ClerkTheme.body
    placeholderText: label
    maximumLength: 64
    selectByMouse: true

    Accessible.name: label

    background: Rectangle {
        radius: ClerkTheme.radius
        color: ClerkTheme.paper
        border.width: field.activeFocus || field.faulty ? 2 : 1
        border.color: field.faulty ? ClerkTheme.trouble : field.activeFocus ? ClerkTheme.accent : ClerkTheme.edge
    }
}
