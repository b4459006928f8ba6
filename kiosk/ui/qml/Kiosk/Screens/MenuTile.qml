import QtQuick
import Kiosk.Parts

// One tile of the staff menu: what it does, and small below it to whom or with what.
Tap {
    id: tile

    property string note: ""

    Accessible.description: note

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: tile.pressed ? Theme.accentSoft : Theme.paper
        border.width: tile.pressed ? Theme.hair * 3 : Theme.hair
        border.color: tile.pressed ? Theme.accent : Theme.edge
    }
    Words {
        id: name
        x: Theme.u(4)
        y: Theme.u(1)
        width: parent.width - 2 * x
        height: parent.height - 2 * y - (small.visible ? small.height : 0)
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        text: tile.label
        font.pixelSize: Theme.label
        font.bold: true
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 3
        Accessible.ignored: true
    }
    Words {
        id: small
        visible: tile.note !== ""
        x: name.x
        y: parent.height - height - Theme.u(1.5)
        width: name.width
        height: Math.min(Theme.small * 1.5, parent.height * 0.4)
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        text: tile.note
        font.pixelSize: Theme.small
        color: Theme.soft
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 1
        wrapMode: Text.NoWrap
        elide: Text.ElideRight
        Accessible.ignored: true
    }
}
