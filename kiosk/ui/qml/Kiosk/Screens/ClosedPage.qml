pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

CalmPage {
    id: page

    sign: "closed"
    title: words["closed.title"]
    text: screen.hourDays.length > 0 ? words["closed.text"] : words["closed.always"]

    Panel {
        anchors.horizontalCenter: parent.horizontalCenter
        visible: page.screen.hourDays.length > 0
        width: table.width + Theme.u(20)
        height: table.height + Theme.u(10)

        Column {
            id: table
            anchors.centerIn: parent
            spacing: Theme.u(2.5)
            Repeater {
                model: 7
                Row {
                    id: line
                    required property int index

                    visible: index < page.screen.hourDays.length
                    spacing: Theme.u(8)
                    Words {
                        width: Theme.u(32)
                        text: page.screen.hourDays[line.index] ?? ""
                        font.bold: true
                        wrapMode: Text.NoWrap
                    }
                    Words {
                        text: page.screen.hourTimes[line.index] ?? ""
                        wrapMode: Text.NoWrap
                    }
                }
            }
        }
    }
}
