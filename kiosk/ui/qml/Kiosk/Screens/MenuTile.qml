import QtQuick
import Kiosk.Parts

// One tile of the staff menu: what it does, and small below it to whom or with what.
Tap {
    id: tile

    property string note: ""
    property bool on: false
    property bool checkable: false
    property bool primary: false // ends the page

    Accessible.description: note
    Accessible.checkable: checkable
    Accessible.checked: on

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: tile.primary ? (tile.pressed ? Theme.accentPressed : Theme.accent) : tile.pressed || tile.on ? Theme.accentSoft : Theme.paper
        border.width: tile.pressed || tile.on ? Theme.hair * 3 : Theme.hair
        border.color: tile.pressed || tile.on ? Theme.accent : Theme.edge
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
        color: tile.primary ? Theme.accentInk : Theme.ink
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
