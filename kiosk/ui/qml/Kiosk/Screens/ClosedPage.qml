import QtQuick
import Kiosk.Parts

// The hall is closed: when it is open.
CalmPage {
    id: page

    readonly property bool known: screen.hourDays.length > 0

    sign: "closed"
    title: words["closed.title"]
    text: known ? words["closed.text"] : words["closed.always"]

    Panel {
        visible: page.known
        width: table.width + Theme.u(24)
        height: table.height + Theme.u(12)

        HoursTable {
            id: table
            anchors.centerIn: parent
            screen: page.screen
            room: page.width - 2 * Theme.margin - Theme.u(24)
        }
    }
}
