import QtQuick

// The terminal is away: said across the whole width, above everything that may be out of date.
Rectangle {
    id: banner

    required property string message

    visible: message !== ""
    implicitHeight: visible ? words.implicitHeight + 18 : 0
    color: ClerkTheme.troubleSoft

    Rectangle {
        width: 4
        height: parent.height
        color: ClerkTheme.trouble
    }
    Text {
        id: words
        anchors.verticalCenter: parent.verticalCenter
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: ClerkTheme.margin + 2
        anchors.rightMargin: ClerkTheme.margin
        text: banner.message
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: ClerkTheme.trouble
        font.pixelSize: ClerkTheme.small
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }
}
