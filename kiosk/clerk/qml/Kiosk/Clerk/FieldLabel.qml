import QtQuick
import QtQuick.Layouts

// What a field is for, and the key that leads to it.
RowLayout {
    id: label

    required property string text
    required property string hint

    spacing: ClerkTheme.gap

    Text {
        Layout.fillWidth: true
        text: label.text
        textFormat: Text.PlainText
        elide: Text.ElideRight
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.small
    }
    Text {
        text: label.hint
        textFormat: Text.PlainText
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.key
    }
}
