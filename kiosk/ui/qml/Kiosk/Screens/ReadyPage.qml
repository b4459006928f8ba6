pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// Ready: who serves here, a welcome, when the hall is open, its newest notices, and the way to an earlier rating.
Page {
    id: page

    readonly property bool upright: Theme.portrait

    Skyline {}
    StaffCard {
        id: card
        screen: page.screen
        x: page.upright ? Theme.margin : Theme.at(Theme.margin, width, page.width)
        y: Theme.u(page.upright ? 8 : 6)
        width: page.upright ? page.width - 2 * x : Theme.u(68)
        height: page.upright ? implicitHeight : page.height - y - (Theme.banded ? Theme.u(3.6) : Theme.foot)
    }
    Item {
        id: side
        x: page.upright ? Theme.margin : Theme.at(Theme.margin + card.width + Theme.u(10), width, page.width)
        y: page.upright ? card.y + card.height + Theme.u(10) : Theme.u(6)
        width: page.width - 2 * Theme.margin - (page.upright ? 0 : card.width + Theme.u(10))
        height: earlier.y - y - Theme.u(4)

        CalledBand {
            id: band
            screen: page.screen
            width: parent.width
        }
        Column {
            id: welcome
            y: band.visible ? band.height + Theme.u(5) : 0
            width: parent.width
            spacing: Theme.u(page.upright ? 3 : 1.6)
            Words {
                width: parent.width
                text: page.words["ready.title"]
                font.pixelSize: Theme.display
                font.bold: true
            }
            Words {
                width: parent.width
                text: page.words["ready.text"]
                font.pixelSize: Theme.type(5.6)
                color: Theme.soft
            }
        }
        NoticeList {
            screen: page.screen
            y: welcome.y + welcome.height + Theme.u(page.upright ? 12 : 6)
            width: parent.width
            height: parent.height - y
        }
    }
    PushButton {
        id: earlier
        objectName: "earlier"
        label: page.words["attract.earlier"]
        icon: Theme.art("pictures", "receipt")
        x: page.upright ? Theme.margin : Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: page.upright ? page.width - 2 * x : Math.max(implicitWidth, Theme.u(52))
        height: Theme.target
        onTapped: page.screen.openSheet("receipt")
    }
}
