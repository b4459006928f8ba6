import QtQuick
import QtQuick.Controls.Basic

// A button with words and, in small, the key that does the same. Enter presses it, as Space does.
Button {
    id: button

    property bool primary: false
    property string hint

    implicitHeight: ClerkTheme.target
    leftPadding: 14
    rightPadding: 14
    opacity: enabled ? 1 : 0.45

    Accessible.name: text
    Keys.onReturnPressed: button.click()
    Keys.onEnterPressed: button.click()

    contentItem: Item {
        implicitWidth: row.implicitWidth
        implicitHeight: row.implicitHeight

        Row {
            id: row
            anchors.centerIn: parent
            spacing: 7

            Text {
                anchors.verticalCenter: parent.verticalCenter
                text: button.text
                textFormat: Text.PlainText
                color: button.primary ? ClerkTheme.accentInk : ClerkTheme.ink
                font.pixelSize: ClerkTheme.body
                font.weight: button.primary ? Font.DemiBold : Font.Normal
            }
            Text {
                anchors.verticalCenter: parent.verticalCenter
                visible: button.hint !== ""
                text: button.hint
                textFormat: Text.PlainText
                color: button.primary ? ClerkTheme.accentInk : ClerkTheme.soft
                opacity: button.primary ? 0.75 : 1
                font.pixelSize: 11
            }
        }
    }
    background: Rectangle {
        radius: ClerkTheme.radius
        color: button.primary ? (button.down ? ClerkTheme.accentPressed : ClerkTheme.accent)
                              : (button.down ? ClerkTheme.accentSoft : ClerkTheme.paper)
        border.width: button.primary ? 0 : 1
        border.color: ClerkTheme.edge

        Rectangle {
            anchors.fill: parent
            anchors.margins: -3
            visible: button.visualFocus
            radius: ClerkTheme.radius + 3
            color: "transparent"
            border.width: 2
            border.color: ClerkTheme.accent
        }
    }
}
