import QtQuick

// Something that is to be known above all else, across the whole width: the terminal is away, or a visit stands open.
Rectangle {
    id: banner

    required property string message
    property string keyHint
    property bool urgent: true

    signal pressed

    visible: message !== ""
    implicitHeight: visible ? words.implicitHeight + 2 * ClerkTheme.gap : 0
    color: urgent ? ClerkTheme.troubleSoft : ClerkTheme.accentSoft

    Rectangle {
        width: ClerkTheme.hair
        height: parent.height
        color: words.color
    }
    Text {
        id: words
        anchors.verticalCenter: parent.verticalCenter
        anchors.left: parent.left
        anchors.right: away.visible ? away.left : parent.right
        anchors.leftMargin: ClerkTheme.margin + ClerkTheme.hair
        anchors.rightMargin: away.visible ? ClerkTheme.gap : ClerkTheme.margin
        text: banner.message
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: banner.urgent ? ClerkTheme.trouble : ClerkTheme.accent
        font.pixelSize: ClerkTheme.small
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }
    PushButton {
        id: away
        objectName: "putAway"
        anchors.right: parent.right
        anchors.rightMargin: ClerkTheme.margin
        anchors.verticalCenter: parent.verticalCenter
        visible: banner.keyHint !== ""
        quiet: true
        text: ""
        Accessible.name: banner.keyHint
        hint: banner.keyHint
        onClicked: banner.pressed()
    }
}
