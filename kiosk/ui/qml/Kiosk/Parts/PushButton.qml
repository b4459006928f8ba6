import QtQuick

// A button with words: quiet by default, `primary` for the one that ends a page.
Tap {
    id: button

    property bool primary: false
    property real size: Theme.body
    property real inset: 0
    property url icon

    implicitWidth: Math.max(Theme.u(34), words.implicitWidth + (sign.visible ? sign.width + row.spacing : 0) + Theme.u(10))
    implicitHeight: Theme.target

    Rectangle {
        anchors.fill: parent
        anchors.topMargin: button.inset
        anchors.bottomMargin: button.inset
        radius: Math.min(height / 2, Theme.radius)
        color: button.primary ? (button.pressed ? Theme.accentPressed : Theme.accent)
                              : (button.pressed ? Theme.accentSoft : Theme.paper)
        border.width: button.primary ? 0 : Theme.hair
        border.color: button.pressed ? Theme.accent : Theme.edge
    }
    Row {
        id: row
        anchors.centerIn: parent
        spacing: Theme.u(2)
        Image {
            id: sign
            visible: button.icon.toString() !== ""
            source: button.icon
            sourceSize: Qt.size(Theme.u(7), Theme.u(7))
            anchors.verticalCenter: parent.verticalCenter
        }
        Text {
            id: words
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, button.width - Theme.u(6) - (sign.visible ? sign.width + row.spacing : 0))
            elide: Text.ElideRight
            // Words of ours are never cut; what a citizen wrote may be.
            fontSizeMode: button.label.length < 40 ? Text.HorizontalFit : Text.FixedSize
            minimumPixelSize: Math.round(button.size * 0.6)
            text: button.label
            textFormat: Text.PlainText
            color: button.primary ? Theme.accentInk : Theme.ink
            font.pixelSize: button.size
            font.bold: button.primary
        }
    }
}
