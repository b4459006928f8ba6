pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts

// The clerk's own figures, or why there are none yet.
SheetFrame {
    id: sheet

    name: "figures"
    confirms: false

    Repeater {
        model: sheet.desk.figures

        Text {
            required property string modelData

            objectName: "figure"
            Layout.fillWidth: true
            text: modelData
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: ClerkTheme.ink
            font.pixelSize: ClerkTheme.body
        }
    }
}
