import QtQuick
import Kiosk.Parts

// One of the five levels. All five have this one shape; nothing in it knows which one it is but its face and its words.
Tap {
    id: tile

    required property string level
    required property string written // the label as it stands here, perhaps on two lines
    required property string beside
    required property real labelSize
    required property real faceSize
    property bool alone: false // no room for the other language

    readonly property real free: height - faceSize - labelSize * 2.2

    objectName: "level." + level

    Panel {
        anchors.fill: parent
        color: tile.pressed ? Theme.accentSoft : Theme.paper
        edge: tile.pressed ? Theme.accent : Theme.line
    }
    Face {
        id: face
        level: tile.level
        width: tile.faceSize
        x: Theme.portrait ? Theme.u(8) : Math.round((tile.width - width) / 2)
        y: Theme.portrait ? Math.round((tile.height - height) / 2)
                          : Math.round(Math.max(Theme.u(2.4), Math.min(Theme.u(6), tile.free / 2.4)))
    }
    Item {
        x: Theme.portrait ? face.x + face.width + Theme.u(8) : Theme.u(1)
        y: Theme.portrait ? 0 : face.y + face.height + Theme.u(0.6)
        width: tile.width - x - Theme.u(1)
        height: tile.height - y - (Theme.portrait ? 0 : Theme.u(1.6))

        Column {
            width: parent.width
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.u(0.6)
            Text {
                width: parent.width
                horizontalAlignment: Theme.portrait ? Text.AlignLeft : Text.AlignHCenter
                text: tile.written
                textFormat: Text.PlainText
                color: Theme.ink
                font.pixelSize: tile.labelSize
                font.bold: true
                lineHeight: 0.8
                wrapMode: Text.WordWrap
            }
            Text {
                width: parent.width
                visible: !tile.alone
                horizontalAlignment: Theme.portrait ? Text.AlignLeft : Text.AlignHCenter
                text: tile.beside
                textFormat: Text.PlainText
                color: Theme.soft
                font.pixelSize: Theme.portrait ? Theme.type(4.4) : Math.max(Theme.u(3.7), Theme.leastType)
                fontSizeMode: Text.HorizontalFit
                minimumPixelSize: Math.ceil(2.8 * Theme.mm)
            }
        }
    }
}
