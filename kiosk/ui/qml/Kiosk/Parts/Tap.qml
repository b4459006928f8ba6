import QtQuick

// The one way to press something. Counts when the finger leaves within the bounds, however long it rested.
Item {
    id: tap

    required property string label
    readonly property alias pressed: handler.pressed

    signal tapped

    Accessible.role: Accessible.Button
    Accessible.name: label
    Accessible.onPressAction: tap.tapped()

    TapHandler {
        id: handler
        acceptedButtons: Qt.LeftButton
        gesturePolicy: TapHandler.ReleaseWithinBounds
        longPressThreshold: 3600
        onTapped: tap.tapped()
    }
}
