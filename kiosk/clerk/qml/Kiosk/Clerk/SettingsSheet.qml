pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts

// How the window is to be, and the keys that work from other programs.
SheetFrame {
    id: sheet

    name: "settings"
    confirms: false

    GridLayout {
        Layout.fillWidth: true
        columns: 2
        columnSpacing: ClerkTheme.hair + 2
        rowSpacing: ClerkTheme.hair + 2
        uniformCellWidths: true

        PushButton {
            objectName: "onTop"
            Layout.fillWidth: true
            quiet: true
            checked: sheet.desk.onTop
            text: sheet.desk.words["settings.on_top"]
            hint: sheet.desk.keys["on_top"]
            onClicked: sheet.desk.toggleOnTop()
        }
        PushButton {
            objectName: "large"
            Layout.fillWidth: true
            quiet: true
            checked: sheet.desk.large
            text: sheet.desk.words["settings.large"]
            hint: sheet.desk.keys["large"]
            onClicked: sheet.desk.toggleLarge()
        }
        PushButton {
            objectName: "language"
            Layout.fillWidth: true
            quiet: true
            text: sheet.desk.nextLanguage
            hint: sheet.desk.keys["language"]
            onClicked: sheet.desk.switchLanguage()
        }
        PushButton {
            objectName: "hotKeys"
            Layout.fillWidth: true
            quiet: true
            checked: sheet.desk.hotKeys
            text: sheet.desk.words["settings.hot_keys"]
            hint: sheet.desk.keys["hot_keys"]
            onClicked: sheet.desk.toggleHotKeys()
        }
    }
    Text {
        Layout.fillWidth: true
        objectName: "hotKeysText"
        text: sheet.desk.hotKeysText
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.small
    }
    Repeater {
        model: sheet.desk.hotKeyNames

        RowLayout {
            id: row

            required property int index
            required property string modelData

            spacing: ClerkTheme.gap

            Text {
                Layout.fillWidth: true
                text: row.modelData
                textFormat: Text.PlainText
                elide: Text.ElideRight
                color: ClerkTheme.ink
                font.pixelSize: ClerkTheme.small
            }
            Text {
                objectName: "hotKey"
                text: sheet.desk.hotKeyTexts[row.index] ?? ""
                textFormat: Text.PlainText
                color: ClerkTheme.soft
                font.pixelSize: ClerkTheme.small
            }
        }
    }
}
