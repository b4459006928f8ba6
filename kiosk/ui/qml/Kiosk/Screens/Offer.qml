import QtQuick
import Kiosk.Parts

// One thing that the writing may mean; nothing where there is no more to offer.
Tap {
    id: offer

    property bool first: false

    enabled: label !== ""
    Accessible.ignored: label === ""

    Rectangle {
        anchors.fill: parent
        visible: offer.label !== ""
        radius: Theme.radius / 2
        color: offer.pressed ? Theme.accentSoft : Theme.paper
        border.width: offer.first ? 2 * Theme.hair : Theme.hair
        border.color: offer.first || offer.pressed ? Theme.accent : Theme.edge
    }
    Text {
        anchors.fill: parent
        anchors.margins: Theme.u(1)
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        text: offer.label
        textFormat: Text.PlainText
        color: Theme.ink
        font.pixelSize: Theme.title
        fontSizeMode: Text.Fit
        minimumPixelSize: Theme.small / 2
    }
}
