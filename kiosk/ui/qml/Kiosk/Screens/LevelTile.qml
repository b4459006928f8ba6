import QtQuick
import Kiosk.Parts

// One of the five levels. All five have this one shape; nothing in it knows which one it is but its face and its words.
Tap {
    id: tile

    required property string level
    required property string beside
    required property real labelSize

    objectName: "level." + level

    Panel {
        anchors.fill: parent
        color: tile.pressed ? Theme.accentSoft : Theme.paper
        edge: tile.pressed ? Theme.accent : Theme.line
    }
    Face {
        id: face
        level: tile.level
        width: Theme.portrait ? tile.height - Theme.u(5) : Theme.u(23)
        x: Theme.portrait ? Theme.u(8) : (tile.width - width) / 2
        y: Theme.portrait ? (tile.height - height) / 2 : Theme.u(5)
    }
    Item {
        id: place
        x: Theme.portrait ? face.x + face.width + Theme.u(8) : Theme.u(1)
        y: Theme.portrait ? 0 : face.y + face.height
        width: tile.width - x - Theme.u(1)
        height: tile.height - y - (Theme.portrait ? 0 : Theme.u(1.5))

        Column {
            width: parent.width
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.u(0.6)
            Text {
                width: parent.width
                horizontalAlignment: Theme.portrait ? Text.AlignLeft : Text.AlignHCenter
                text: tile.label
                textFormat: Text.PlainText
                color: Theme.ink
                font.pixelSize: tile.labelSize
                font.bold: true
                lineHeight: 0.8
                wrapMode: Text.WordWrap
            }
            Text {
                width: parent.width
                horizontalAlignment: Theme.portrait ? Text.AlignLeft : Text.AlignHCenter
                text: tile.beside
                textFormat: Text.PlainText
                color: Theme.soft
                font.pixelSize: Theme.u(Theme.portrait ? 4.4 : 3.6)
                wrapMode: Text.WordWrap
            }
        }
    }
}
