pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The opening hours: days beside times, both columns as wide as their widest.
Row {
    id: table

    required property ScreenModel screen
    required property real room
    property real wish: Theme.label

    // About as wide as its longest day and its longest times, in the sizes of their letters.
    readonly property real letters: longest(screen.hourDays) * 0.9 + longest(screen.hourTimes) * 0.58 + 2
    readonly property real size: Math.round(Math.max(Theme.leastType, Math.min(wish, room / letters)))

    function longest(lines: list<string>): int {
        return lines.reduce((most, line) => Math.max(most, line.length), 1)
    }

    spacing: Math.round(size * 1.6)

    component Side: Column {
        id: side

        required property list<string> lines
        property bool bold: false

        spacing: Math.round(table.size * 0.5)
        Repeater {
            model: side.lines
            Words {
                required property string modelData

                text: modelData
                font.pixelSize: table.size
                font.bold: side.bold
                wrapMode: Text.NoWrap
            }
        }
    }

    Side {
        lines: table.screen.hourDays
        bold: true
    }
    Side {
        lines: table.screen.hourTimes
    }
}
