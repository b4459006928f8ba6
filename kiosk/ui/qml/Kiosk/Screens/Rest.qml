import QtQuick
import Kiosk.Model

// What happens while nobody touches the glass between two visits: the attract page, and the way home for language and
// looks that somebody changed before walking off. Any touch and any key begins the wait anew.
Item {
    id: rest

    required property ScreenModel screen
    required property Item glass

    readonly property bool between: ["ready", "matters", "attract", "closed", "paused", "out_of_order"].includes(screen.page)
                                    && screen.sheet === ""

    readonly property bool idle: ["ready", "matters"].includes(screen.page) && screen.sheet === "" && !screen.choosing

    function again(): void {
        for (const clock of [home, attract])
            if (clock.running)
                clock.restart()
    }

    Connections {
        target: rest.screen
        function onStirred() {
            rest.again()
            if (rest.screen.page === "attract")
                rest.screen.wake()
        }
    }
    Timer {
        id: attract
        running: rest.idle
        interval: 30000
        onTriggered: if (rest.idle) rest.screen.rest()
    }
    Timer {
        id: home
        running: rest.between
        interval: 60000
        onTriggered: rest.screen.goHome()
    }
    PointHandler {
        parent: rest.glass
        onActiveChanged: {
            rest.again()
            if (active && rest.screen.page === "attract")
                rest.screen.wake()
        }
    }
}
