import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The picture hidden, for who goes by voice and keys alone. A touch does nothing, but is no trap: resting it lifts the
// curtain, and so does the end of the visit.
Rectangle {
    id: curtain

    required property ScreenModel screen

    visible: screen.curtain
    color: "#000000"

    Text {
        width: parent.width - 2 * Theme.margin
        anchors.horizontalCenter: parent.horizontalCenter
        y: parent.height - height - Theme.u(12)
        horizontalAlignment: Text.AlignHCenter
        text: curtain.screen.words["tools.curtain"]
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: "#D0D0D0"
        font.pixelSize: Theme.body
        Accessible.ignored: true
    }
    TapHandler {
        gesturePolicy: TapHandler.WithinBounds
        longPressThreshold: 2
        onLongPressed: curtain.screen.toggleLook("curtain")
    }
}
