pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// What is kept, for how long, who sees it, and what the receipt tells.
Sheet {
    id: sheet

    readonly property int columns: Theme.portrait ? 1 : 2
    readonly property real gap: Theme.u(columns === 1 ? 9 : banded ? 5 : 8)

    readonly property real type: columns === 1 ? Theme.body : banded ? Math.max(Theme.leastType, Theme.u(4.4))
                                                                     : Theme.large ? Theme.small : Theme.body

    readonly property var pictures: ({ what: "notes", long: "clock", who: "people", receipt: "receipt" })

    title: words["privacy.title"]
    wanted: grid.height + Theme.u(4)

    Grid {
        id: grid
        y: Math.max(0, (parent.height - height) / 2)
        width: parent.width
        columns: sheet.columns
        columnSpacing: sheet.gap
        rowSpacing: sheet.gap
        scale: Math.min(1, parent.height / height) // a language of long words is small rather than cut
        transformOrigin: Item.Top

        Repeater {
            model: ["what", "long", "who", "receipt"]
            Item {
                id: one

                required property string modelData

                width: (grid.width - (sheet.columns - 1) * sheet.gap) / sheet.columns
                height: lines.height

                Rectangle {
                    id: round
                    width: Theme.u(15)
                    height: width
                    radius: width / 2
                    color: Theme.accentSoft
                    Image {
                        anchors.centerIn: parent
                        source: Theme.art("pictures", sheet.pictures[one.modelData])
                        sourceSize: Qt.size(Theme.u(8.4), Theme.u(8.4))
                    }
                }
                Column {
                    id: lines
                    x: round.width + Theme.u(5)
                    width: parent.width - x
                    spacing: Theme.u(1)
                    Words {
                        width: parent.width
                        text: sheet.words["privacy." + one.modelData]
                        font.pixelSize: Theme.label
                        font.bold: true
                    }
                    Words {
                        width: parent.width
                        text: (sheet.words["privacy." + one.modelData + ".text"] ?? "").replace("{days}", sheet.screen.keepDays)
                        font.pixelSize: sheet.type
                        lineHeight: 1
                    }
                }
            }
        }
    }
}
