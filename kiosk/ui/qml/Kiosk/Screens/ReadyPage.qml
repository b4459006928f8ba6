pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// At rest: who serves here, a welcome, the hall's notices.
Page {
    id: page

    Skyline {}
    StaffCard {
        id: card
        screen: page.screen
        x: Theme.margin
        y: Theme.margin
        width: Theme.portrait ? page.width - 2 * x : Theme.u(70)
        height: Theme.portrait ? Theme.u(72) : page.height - 2 * y
    }
    Column {
        id: side
        x: Theme.portrait ? Theme.margin : card.x + card.width + Theme.u(11)
        y: Theme.portrait ? card.y + card.height + Theme.u(13) : Theme.u(10)
        width: page.width - x - Theme.margin
        spacing: Theme.u(3)

        Words {
            width: parent.width
            text: page.words["ready.title"]
            font.pixelSize: Theme.display
            font.bold: true
        }
        Words {
            width: parent.width
            text: page.words["ready.text"]
            font.pixelSize: Theme.u(5.6)
            color: Theme.soft
        }
        Item {
            width: 1
            height: Theme.u(Theme.portrait ? 6 : 2)
        }
        Repeater {
            model: 3
            Item {
                id: notice
                required property int index

                visible: index < page.screen.noticeTitles.length
                opacity: side.y + y + height <= page.height - Theme.u(Theme.portrait ? 34 : 14) ? 1 : 0 // only whole ones
                width: side.width
                height: lines.height + Theme.u(2)

                Rectangle {
                    width: Theme.u(1)
                    y: Theme.u(1)
                    height: lines.height - Theme.u(2)
                    radius: width / 2
                    color: Theme.accent
                }
                Column {
                    id: lines
                    x: Theme.u(5)
                    width: parent.width - x
                    Words {
                        width: parent.width
                        text: page.screen.noticeTitles[notice.index] ?? ""
                        font.bold: true
                        elide: Text.ElideRight
                        maximumLineCount: 1
                    }
                    Words {
                        width: parent.width
                        text: page.screen.noticeTexts[notice.index] ?? ""
                        font.pixelSize: Theme.small
                        color: Theme.soft
                        elide: Text.ElideRight
                        maximumLineCount: 2
                        visible: text !== ""
                    }
                }
            }
        }
    }
}
