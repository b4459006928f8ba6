pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The opening hours and the hall's notices in short, one below the other; only whole ones.
Column {
    id: list

    required property ScreenModel screen

    readonly property bool hours: screen.hourDays.length > 0
    readonly property real step: Theme.u(Theme.portrait ? 5 : 3)

    spacing: step

    component Short: Item {
        id: notice

        required property string title
        required property string text

        opacity: y + height <= list.height ? 1 : 0
        width: list.width
        height: lines.height

        Rectangle {
            width: Theme.u(1)
            y: Theme.u(0.6)
            height: lines.height - Theme.u(1.2)
            radius: width / 2
            color: Theme.accent
        }
        Column {
            id: lines
            x: Theme.u(5)
            width: parent.width - x
            Words {
                width: parent.width
                text: notice.title
                font.pixelSize: Theme.portrait ? Theme.label : Theme.body
                font.bold: true
                elide: Text.ElideRight
                maximumLineCount: 1
                Accessible.ignored: notice.opacity === 0
            }
            Words {
                width: parent.width
                text: notice.text
                font.pixelSize: Theme.portrait ? Theme.body : Theme.small
                color: Theme.soft
                elide: Text.ElideRight
                maximumLineCount: 4
                visible: text !== ""
                Accessible.ignored: notice.opacity === 0
            }
        }
    }

    Short {
        visible: list.hours
        title: list.screen.words["attract.hours"]
        text: list.screen.hourDays.map((day, at) => day + "  " + list.screen.hourTimes[at].replace(/ +/g, " ")).join(list.screen.words["list.join"])
    }
    Repeater {
        model: list.screen.noticeTitles
        Short {
            required property int index
            required property string modelData

            title: modelData
            text: list.screen.noticeTexts[index] ?? ""
        }
    }
}
