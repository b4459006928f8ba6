pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The stage: header, the pages, and the dead time after each change of page. All pages are made once: those
// of a visit in the background, the rare ones when they are first wanted.
Rectangle {
    id: stage

    required property ScreenModel screen
    required property Pen pen
    required property MenuModel menu
    required property Upkeep upkeep
    required property TechnicianModel technician

    readonly property list<string> order: ["splash", "closed", "paused", "out_of_order", "attract", "ready", "matters",
        "serving",
        "handed_to_phone", "inviting", "explaining", "thanks"]
    readonly property list<string> common: ["ready", "serving", "inviting", "explaining", "thanks"]
    property string shown: screen.page
    property string leaving: ""
    property int direction: 1
    property real offset: 0
    property bool warm: false
    readonly property alias shielded: shield.running
    readonly property bool covered: screen.sheet !== "" || screen.panel !== ""

    x: upkeep.right
    y: upkeep.down
    color: Theme.ground
    enabled: !dead.running

    ThemeBindings {
        screen: stage.screen
        glass: stage
    }
    Rest {
        screen: stage.screen
        glass: stage
    }

    Binding {
        target: stage.Window.window
        property: "color"
        value: Theme.ground // at the edge that the page has moved away from
    }
    Connections {
        target: stage.upkeep
        function onChanged() {
            shield.restart() // the touch that wakes is for nothing else
        }
    }
    Connections {
        target: stage.screen
        function onPageChanged() {
            stage.leaving = stage.shown
            stage.shown = stage.screen.page
            stage.direction = stage.order.indexOf(stage.shown) < stage.order.indexOf(stage.leaving) ? -1 : 1
            dead.restart()
            if (stage.Window.visibility === Window.Hidden)
                slide.complete() // nobody sees it leave, and whoever is called next must not either
            else if (stage.leaving !== "splash")
                slide.restart()
        }
        function onSheetChanged() {
            shield.restart()
        }
    }

    NumberAnimation {
        id: slide
        target: stage
        property: "offset"
        from: 1
        to: 0
        duration: Theme.slide
        easing.type: Easing.OutCubic
    }
    Timer {
        id: dead
        interval: Theme.dead
    }
    Timer {
        running: true
        interval: 0
        onTriggered: stage.warm = true
    }

    Item {
        id: area
        y: Theme.header
        width: stage.width
        height: stage.height - y - Theme.toolbar
        clip: true
        enabled: !stage.covered

        Repeater {
            model: stage.order
            PageSlot {
                required property string modelData

                page: modelData
                screen: stage.screen
                wanted: stage.warm && stage.common.includes(page)
                current: stage.shown === page
                leaving: slide.running && stage.leaving === page
                z: current ? 2 : 1
                x: current ? Math.round(stage.direction * stage.offset * area.width) : 0
                width: area.width
                height: area.height
            }
        }
    }

    HallHeader {
        width: stage.width
        height: Theme.header
        hall: stage.screen.hall
        crestKey: stage.screen.crestKey
        taken: Theme.banded ? 0 : tools.width + (Theme.left ? tools.x - Theme.margin : 0)
    }
    Rectangle {
        visible: Theme.banded
        y: stage.height - height
        width: stage.width
        height: Theme.toolbar
        color: Theme.paper
        Rectangle {
            width: parent.width
            height: Theme.hair
            color: Theme.line
        }
    }
    Toolbar {
        id: tools
        enabled: !stage.covered
        screen: stage.screen
        stacked: !Theme.banded || Theme.portrait
        room: Theme.banded ? stage.width - 2 * Theme.margin : 0
        x: Theme.banded ? Theme.margin
                        : Theme.left ? Math.max(Theme.margin, Theme.corner) : stage.width - width - Theme.margin
        y: Theme.banded ? stage.height - Theme.toolbar + Theme.u(1.4) : Math.floor((Theme.header - height) / 2)
        height: Theme.target
    }

    Loader {
        id: writing
        anchors.fill: parent
        active: stage.screen.panel !== "" || status === Loader.Ready
        visible: stage.screen.panel !== ""
        Component.onCompleted: setSource("WritingSheet.qml", { "screen": stage.screen, "pen": stage.pen })
    }
    Loader {
        id: sheets

        readonly property string name: stage.screen.sheet

        function show(): void {
            if (name === "")
                source = ""
            else
                setSource(name[0].toUpperCase() + name.slice(1) + "Sheet.qml", { "screen": stage.screen })
        }

        anchors.fill: parent
        onNameChanged: show()
        Component.onCompleted: show()
    }
    StillThere {
        screen: stage.screen
    }
    Curtain {
        anchors.fill: parent
        screen: stage.screen
    }
    Loader {
        id: staffMenu
        anchors.fill: parent
        active: stage.menu.step !== ""
        onActiveChanged: if (active) setSource("MenuSheet.qml", { "screen": stage.screen, "menu": stage.menu })
    }
    Loader {
        anchors.fill: parent
        active: stage.technician.step !== ""
        visible: stage.technician.covering
        onActiveChanged: if (active) setSource("TechnicianSheet.qml", { "screen": stage.screen, "technician": stage.technician })
    }
    TechnicianBand {
        visible: stage.technician.band !== ""
        width: stage.width
        height: Theme.header
        technician: stage.technician
    }
    Rectangle {
        objectName: "night"
        x: -stage.x
        y: -stage.y
        width: stage.width
        height: stage.height
        visible: stage.upkeep.dark
        color: "#000000"
    }
    Item {
        // The second of two taps on a sheet's button is not for what lies below; keys go on.
        objectName: "shield"
        anchors.fill: parent
        visible: shield.running
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }
        Timer {
            id: shield
            interval: Theme.dead
        }
    }
}
