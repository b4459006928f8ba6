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

    // As large as wished, or as its longest day beside its longest times allows.
    readonly property real letters: 1.06 * longest(screen.hourDays) + longest(screen.hourTimes) + 1.7
    readonly property real size: Math.round(Math.max(Theme.leastType, Math.min(wish, room / letters)))

    function longest(lines: list<string>): real {
        return lines.reduce((most, line) => Math.max(most, metrics.advanceWidth(line)), 0) / 100
    }

    spacing: Math.round(size * 1.6)

    FontMetrics {
        id: metrics
        font.pixelSize: 100
    }

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
