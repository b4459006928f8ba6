import QtQuick
import Kiosk.Model

// What happens while nobody touches the glass between two visits: the attract page, and the way home for language and
// looks that somebody changed before walking off. Any touch and any key begins the wait anew.
Item {
    id: rest

    required property ScreenModel screen
    required property Item glass

    readonly property bool between: ["ready", "attract", "closed", "paused", "out_of_order"].includes(screen.page)
                                    && screen.sheet === ""

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
        running: rest.screen.page === "ready" && rest.screen.sheet === ""
        interval: 30000
        onTriggered: if (rest.screen.page === "ready" && rest.screen.sheet === "") rest.screen.rest()
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
