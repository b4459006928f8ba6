pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// Every language there is, each in its own words.
Sheet {
    id: sheet

    readonly property int columns: Theme.portrait ? (several ? 2 : 1) : Math.min(3, Math.max(2, screen.languages.length))
    readonly property bool several: screen.languages.length > 4
    readonly property real tall: Theme.u(several ? 20 : 30)

    title: words["languages.title"]
    wanted: grid.height + Theme.u(6)

    Grid {
        id: grid
        y: Math.max(0, (parent.height - height) / 2)
        width: parent.width
        columns: sheet.columns
        spacing: Math.max(Theme.gap, Theme.u(4))

        Repeater {
            model: sheet.screen.languages
            PushButton {
                required property int index
                required property string modelData

                objectName: "language." + modelData
                label: sheet.screen.languageNames[index] ?? ""
                icon: modelData === sheet.screen.language ? Theme.art("pictures", "tick") : ""
                size: Theme.title
                width: (grid.width - (sheet.columns - 1) * grid.spacing) / sheet.columns
                height: Math.max(Theme.target, sheet.tall)
                Accessible.checkable: true
                Accessible.checked: modelData === sheet.screen.language
                onTapped: sheet.screen.chooseLanguage(modelData)
            }
        }
    }
}
