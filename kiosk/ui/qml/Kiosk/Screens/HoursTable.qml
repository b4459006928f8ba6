pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The opening hours: days beside times, both columns as wide as their widest.
Row {
    id: table

    required property ScreenModel screen
    property real size: Theme.body

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
