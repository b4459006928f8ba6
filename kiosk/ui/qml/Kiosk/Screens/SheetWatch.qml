import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Notices that nobody uses a sheet any more: 40 seconds after the last sign of life it asks, and 20 later it is over. In
// a visit the visit's own clock does that.
Rectangle {
    id: watch

    required property ScreenModel screen

    property bool needed: screen.matter === ""
    readonly property Item focused: Window.activeFocusItem
    readonly property string doing: screen.deskStep + screen.deskTyped + screen.deskWords + screen.searchTyped + screen.mattersLeaf
                                    + screen.language
                                    + [screen.large, screen.contrast, screen.still, screen.low, screen.left, screen.spoken,
                                       screen.muted, screen.curtain]
    property bool asking: false
    property real asked: 0

    signal over

    function again(): void {
        asking = false
        if (needed)
            quiet.restart()
    }

    visible: asking
    radius: Theme.radius
    color: Theme.accentSoft
    Connections {
        target: watch.screen
        function onStirred() {
            watch.again()
        }
    }
    onNeededChanged: again()
    onFocusedChanged: again()
    onDoingChanged: again()

    Timer {
        id: quiet
        running: watch.needed
        interval: 40000
        onTriggered: {
            watch.asked += 1
            watch.asking = true
        }
    }
    Timer {
        running: watch.asking
        interval: 20000
        onTriggered: watch.over()
    }
    Item {
        // Sees every press on the glass and takes none.
        parent: watch.parent
        anchors.fill: parent
        z: 1
        PointHandler {
            onActiveChanged: if (active) watch.again()
        }
    }
    TapHandler {
        gesturePolicy: TapHandler.ReleaseWithinBounds
    }
    Words {
        x: Theme.at(Theme.u(6), width, parent.width)
        width: parent.width - stay.width - Theme.u(18)
        anchors.verticalCenter: parent.verticalCenter
        horizontalAlignment: Theme.left ? Text.AlignRight : Text.AlignLeft
        text: watch.screen.words["sheet.still"]
        font.pixelSize: Theme.label
        font.bold: true
        Accessible.role: Accessible.AlertMessage
    }
    PushButton {
        id: stay
        objectName: "sheet.stay"
        primary: true
        label: watch.screen.words["sheet.stay"]
        x: Theme.at(parent.width - width - Theme.u(6), width, parent.width)
        anchors.verticalCenter: parent.verticalCenter
        width: Math.max(implicitWidth, Theme.u(44))
        height: Theme.target
        onTapped: watch.again()
    }
    TimeBar {
        y: parent.height - height
        x: Theme.u(2)
        width: parent.width - 2 * x
        deadline: watch.asked
        remaining: 20000
        total: watch.asking ? 20000 : 0
    }
}
