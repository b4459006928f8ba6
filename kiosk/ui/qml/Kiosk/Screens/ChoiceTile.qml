import QtQuick
import Kiosk.Parts

// One thing to choose by its name.
Tap {
    id: tile

    property real size: Theme.type(5.4)

    Panel {
        anchors.fill: parent
        color: tile.pressed ? Theme.accentSoft : Theme.paper
        edge: tile.pressed ? Theme.accent : Theme.line
    }
    Text {
        anchors.fill: parent
        anchors.leftMargin: Theme.u(4)
        anchors.rightMargin: Theme.u(3)
        anchors.topMargin: Theme.u(0.8)
        anchors.bottomMargin: Theme.u(0.8)
        verticalAlignment: Text.AlignVCenter
        text: tile.label
        textFormat: Text.PlainText
        color: Theme.ink
        font.pixelSize: tile.size
        lineHeight: 0.88
        wrapMode: Text.Wrap
        elide: Text.ElideRight
        fontSizeMode: Text.Fit
        minimumPixelSize: Theme.leastType
    }
}
