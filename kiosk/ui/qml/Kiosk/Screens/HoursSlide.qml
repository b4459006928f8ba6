import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The opening hours, large.
Item {
    id: slide

    required property ScreenModel screen

    Image {
        id: sign
        readonly property real size: Math.min(Theme.u(Theme.portrait ? 56 : 30), Math.max(1, slide.height - title.height - paper.height - Theme.u(10)))

        y: Math.max(0, (parent.height - height - title.height - paper.height - Theme.u(10)) / 2)
        anchors.horizontalCenter: parent.horizontalCenter
        source: Theme.art("pictures", "hours")
        sourceSize: Qt.size(size, size)
    }
    Words {
        id: title
        y: sign.y + sign.height + Theme.u(4)
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: slide.screen.words["attract.hours"]
        font.pixelSize: Theme.title
        font.bold: true
    }
    Panel {
        id: paper
        anchors.horizontalCenter: parent.horizontalCenter
        y: title.y + title.height + Theme.u(6)
        width: table.width + Theme.u(24)
        height: table.height + Theme.u(12)
        HoursTable {
            id: table
            anchors.centerIn: parent
            screen: slide.screen
            room: slide.width - Theme.u(24)
        }
    }
}
