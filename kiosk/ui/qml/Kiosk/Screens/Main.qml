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

    readonly property list<string> order: ["splash", "closed", "paused", "out_of_order", "ready", "serving",
        "handed_to_phone", "inviting", "explaining", "thanks"]
    readonly property list<string> common: ["ready", "serving", "inviting", "explaining", "thanks"]
    property string shown: screen.page
    property string leaving: ""
    property int direction: 1
    property real offset: 0
    property bool warm: false

    color: Theme.ground
    enabled: !dead.running

    Binding {
        target: Theme
        property: "width"
        value: stage.width
        when: stage.width > 0
    }
    Binding {
        target: Theme
        property: "height"
        value: stage.height
        when: stage.height > 0
    }

    Connections {
        target: stage.screen
        function onPageChanged() {
            stage.leaving = stage.shown
            stage.shown = stage.screen.page
            stage.direction = stage.order.indexOf(stage.shown) < stage.order.indexOf(stage.leaving) ? -1 : 1
            dead.restart()
            if (stage.leaving !== "splash")
                slide.restart()
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
    Timer {
        // Someone tapped the language and walked off before a visit began.
        running: stage.screen.language !== stage.screen.homeLanguage && stage.screen.matter === ""
        interval: 60000
        onTriggered: stage.screen.goHome()
    }

    Item {
        id: area
        y: Theme.header
        width: stage.width
        height: stage.height - y
        clip: true

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
    }
    PushButton {
        objectName: "language"
        label: stage.screen.nextLanguageName
        size: Theme.body
        inset: Theme.portrait ? 0 : (height - Theme.u(10)) / 2
        width: Theme.portrait ? Theme.u(40) : Math.max(Theme.u(28), implicitWidth)
        height: Theme.target
        x: Theme.portrait ? Theme.margin : stage.width - width - Theme.margin
        y: Theme.portrait ? stage.height - height - Theme.foot : (Theme.header - height) / 2
        onTapped: stage.screen.switchLanguage()
    }

    Loader {
        id: writing
        anchors.fill: parent
        active: stage.screen.panel !== "" || status === Loader.Ready
        visible: stage.screen.panel !== ""
        Component.onCompleted: setSource("WritingSheet.qml", { "screen": stage.screen, "pen": stage.pen })
    }
}
