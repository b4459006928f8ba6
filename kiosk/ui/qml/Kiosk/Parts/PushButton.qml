import QtQuick

// A button with words: quiet by default, `primary` for the one that ends a page. Words too long for a line take two.
Tap {
    id: button

    property bool primary: false
    property bool faint: false // cannot be pressed now
    property real size: Theme.body
    property real inset: 0
    property url icon
    property real signSize: Theme.u(7)

    readonly property real taken: sign.visible ? sign.width + row.spacing : 0

    implicitWidth: Math.max(Theme.u(34), words.implicitWidth + taken + Theme.u(10))
    implicitHeight: Theme.target

    Rectangle {
        anchors.fill: parent
        anchors.topMargin: button.inset
        anchors.bottomMargin: button.inset
        radius: Math.min(height / 2, Theme.radius)
        color: button.primary ? (button.pressed ? Theme.accentPressed : Theme.accent)
                              : button.pressed ? Theme.accentSoft : button.faint ? Theme.ground : Theme.paper
        border.width: button.primary || button.faint ? 0 : Theme.hair
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
            sourceSize: Qt.size(button.signSize, button.signSize)
            anchors.verticalCenter: parent.verticalCenter
        }
        Text {
            id: words
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(Math.ceil(implicitWidth) + 1, button.width - Theme.u(5) - button.taken)
            height: button.height - 2 * button.inset - Theme.u(1)
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            text: button.label
            textFormat: Text.PlainText
            color: button.primary ? Theme.accentInk : button.faint ? Theme.faint : Theme.ink
            font.pixelSize: button.size
            font.bold: button.primary
            lineHeight: 0.85
            wrapMode: Text.WordWrap
            maximumLineCount: 2
            elide: Text.ElideRight
            fontSizeMode: Text.Fit
            minimumPixelSize: Theme.leastType
        }
    }
}
