import QtQuick
import QtQuick.Controls.Basic

// A button with words and, in small, the key that does the same. Enter presses it, as Space does.
Button {
    id: button

    property bool primary: false
    property bool quiet: false
    property string hint
    readonly property real keyRoom: hint !== "" ? hintText.implicitWidth : 0
    readonly property real gap: hint !== "" && text !== "" ? ClerkTheme.hair + 2 : 0

    implicitHeight: quiet ? ClerkTheme.quiet : primary ? ClerkTheme.primary : ClerkTheme.target
    implicitWidth: Math.ceil(label.implicitWidth + gap + keyRoom) + leftPadding + rightPadding
    leftPadding: quiet ? ClerkTheme.gap : ClerkTheme.margin
    rightPadding: leftPadding
    topPadding: 0
    bottomPadding: 0
    opacity: enabled ? 1 : 0.45

    Accessible.name: text
    Keys.onReturnPressed: button.clicked()
    Keys.onEnterPressed: button.clicked()

    contentItem: Item {
        Row {
            anchors.centerIn: parent
            spacing: button.gap

            Text {
                id: label
                anchors.verticalCenter: parent.verticalCenter
                width: Math.min(implicitWidth, button.availableWidth - button.keyRoom - button.gap)
                text: button.text
                textFormat: Text.PlainText
                elide: Text.ElideRight
                color: button.primary || button.checked ? ClerkTheme.accentInk : ClerkTheme.ink
                font.pixelSize: button.quiet ? ClerkTheme.small : ClerkTheme.body
                font.weight: button.primary ? Font.DemiBold : Font.Normal
            }
            Text {
                id: hintText
                anchors.verticalCenter: parent.verticalCenter
                visible: button.hint !== ""
                text: button.hint
                textFormat: Text.PlainText
                color: button.primary || button.checked ? ClerkTheme.accentInk : ClerkTheme.soft
                font.pixelSize: ClerkTheme.key
            }
        }
    }
    background: Rectangle {
        radius: ClerkTheme.radius
        color: button.primary || button.checked ? (button.down ? ClerkTheme.accentPressed : ClerkTheme.accent)
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
