pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// Ready, and nobody has touched the screen for a while: how to rate, the hall's notices, its hours, one after the other,
// above who serves here. Nothing runs while it is not shown; any touch brings the ready page.
Page {
    id: page

    readonly property bool going: visible && screen.page === "attract"

    onGoingChanged: if (going) deck.at = 0

    Skyline {}
    Item {
        anchors.fill: parent
        Accessible.ignored: true
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
            onTapped: page.screen.wake()
        }
    }
    CalledBand {
        id: band
        screen: page.screen
        x: Theme.margin
        y: Theme.u(Theme.portrait ? 6 : Theme.low ? 1 : 3)
        width: page.width - 2 * x
    }
    Deck {
        id: deck
        objectName: "attract.deck"
        screen: page.screen
        going: page.going
        width: page.width
        height: page.strip - Theme.u(2) - y
        y: band.visible ? band.y + band.height : 0
    }
    StaffStrip {
        screen: page.screen
        x: Theme.at(Theme.margin, width, page.width)
        y: page.strip
        width: page.width - 2 * Theme.margin - earlier.width - Theme.gap
        height: Theme.target
    }
    PushButton {
        id: earlier
        objectName: "earlier"
        label: page.words["attract.earlier"]
        icon: Theme.art("pictures", "receipt")
        x: Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: Math.max(implicitWidth, Theme.u(52))
        height: Theme.target
        onTapped: page.screen.openSheet("receipt")
    }
}
