pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The usual reasons, each with its key.
GridLayout {
    id: grid

    required property ConsoleModel desk
    required property list<string> hints

    signal taken

    columns: 2
    columnSpacing: ClerkTheme.hair + 2
    rowSpacing: ClerkTheme.hair + 2
    uniformCellWidths: true

    Repeater {
        model: grid.desk.choices

        PushButton {
            id: choice

            required property int index
            required property string modelData

            objectName: "choice"
            Layout.fillWidth: true
            quiet: true
            text: modelData
            hint: grid.hints[index] ?? ""
            checked: grid.desk.chosen === index
            onClicked: {
                grid.desk.choose(choice.index);
                grid.taken();
            }
        }
    }
}
