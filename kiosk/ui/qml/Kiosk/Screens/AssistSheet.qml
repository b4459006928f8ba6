pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// The ways of showing and saying that a citizen may choose, each with what it does.
Sheet {
    id: sheet

    readonly property var names: ["large", "contrast", "still", "low", "left", "spoken", "muted", "curtain"]
    readonly property int columns: Theme.portrait ? 1 : 2
    readonly property int rows: Math.ceil(names.length / columns)
    readonly property real gap: Theme.gap
    readonly property real free: (banded ? reach : room - head - foot) - (rows - 1) * gap
    readonly property real line: note.height + Theme.u(Theme.portrait ? 4 : 2.5)
    readonly property real aside: (free - line) / rows >= Theme.target ? line : 0
    readonly property real tall: Math.min(Theme.u(Theme.portrait ? 21 : 20) * (Theme.large ? 1.15 : 1), (free - aside) / rows)

    title: words["assist.title"]
    wanted: rows * tall + (rows - 1) * gap + aside

    Grid {
        id: grid
        width: parent.width
        columns: sheet.columns
        spacing: sheet.gap

        Repeater {
            model: sheet.names
            AssistToggle {
                required property string modelData

                name: modelData
                screen: sheet.screen
                on: [sheet.screen.large, sheet.screen.contrast, sheet.screen.still, sheet.screen.low, sheet.screen.left,
                     sheet.screen.spoken, sheet.screen.muted, sheet.screen.curtain][sheet.names.indexOf(modelData)]
                width: Math.floor((grid.width - (sheet.columns - 1) * sheet.gap) / sheet.columns)
                height: Math.max(Theme.target, Math.floor(sheet.tall))
            }
        }
    }
    Words {
        id: note
        visible: sheet.aside > 0
        y: grid.height + sheet.line - height
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: sheet.words["assist.note"]
        font.pixelSize: Theme.portrait ? Theme.body : Theme.small
        color: Theme.soft
    }
}
