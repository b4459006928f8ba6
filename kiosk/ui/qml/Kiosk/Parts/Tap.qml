import QtQuick

// The one way to press something. Counts when the finger leaves within the bounds, however long it rested; by keys, see
// kiosk/ui/key_walk.py. Only keys bring the focus here, so fingers never see the ring; it is the same around everything.
Item {
    id: tap

    required property string label
    readonly property alias pressed: handler.pressed
    readonly property bool stop: true // keys come by here
    property point spot: nowhere // where on the glass (mm) the finger fell that is being counted, if it was a finger
    readonly property point nowhere: Qt.point(-1, -1)

    signal tapped

    Accessible.role: Accessible.Button
    Accessible.name: label
    Accessible.focusable: true
    Accessible.focused: activeFocus
    Accessible.onPressAction: if (tap.visible) tap.tapped()

    TapHandler {
        id: handler
        acceptedButtons: Qt.LeftButton
        gesturePolicy: TapHandler.ReleaseWithinBounds
        longPressThreshold: 3600
        onTapped: point => {
            const at = point.scenePressPosition
            tap.spot = Qt.point(Math.max(0, at.x) / Theme.mm, Math.max(0, at.y) / Theme.mm)
            tap.tapped()
            tap.spot = tap.nowhere
        }
    }
    Rectangle {
        z: 9
        anchors.fill: parent
        anchors.margins: -Theme.u(1.2)
        visible: tap.activeFocus
        color: "transparent"
        radius: Theme.radius + Theme.u(1.2)
        border.width: Math.max(2, Theme.u(0.8))
        border.color: Theme.ink
    }
}
