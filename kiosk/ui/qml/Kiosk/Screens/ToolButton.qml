import QtQuick
import Kiosk.Parts

// A tool: a pictogram and a word, quiet until it is on. The word stands below, or beside where the row is wide.
Tap {
    id: tool

    required property string picture
    property bool stacked: false
    property bool on: false

    readonly property real sign: stacked ? Math.round(Math.min(Theme.u(6.4), height - words.height - 3 * Theme.hair))
                                         : Theme.u(7)

    implicitWidth: stacked ? Math.max(Theme.target, words.implicitWidth + Theme.u(4))
                           : words.implicitWidth + sign + Theme.u(9)
    implicitHeight: Theme.target

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: tool.pressed || tool.on ? Theme.accentSoft : Theme.paper
        border.width: tool.stacked && !tool.on && !tool.pressed ? 0 : Theme.hair
        border.color: tool.pressed || tool.on ? Theme.accent : Theme.line
    }
    Image {
        id: sign
        x: tool.stacked ? (tool.width - width) / 2 : (tool.width - width - Theme.u(2.4) - words.width) / 2
        y: tool.stacked ? (tool.height - height - words.height) / 2 : (tool.height - height) / 2
        source: Theme.art("tools", tool.picture)
        sourceSize: Qt.size(tool.sign, tool.sign)
    }
    Text {
        id: words
        x: tool.stacked ? (tool.width - width) / 2 : sign.x + sign.width + Theme.u(2.4)
        y: tool.stacked ? sign.y + sign.height : Theme.u(0.5)
        height: tool.stacked ? implicitHeight : tool.height - Theme.u(1)
        verticalAlignment: Text.AlignVCenter
        fontSizeMode: tool.stacked ? Text.HorizontalFit : Text.Fit // a word longer than the tool is small, not cut
        minimumPixelSize: Math.round(font.pixelSize * 0.55)
        width: Math.min(Math.ceil(implicitWidth) + 1, tool.width - (tool.stacked ? 0 : tool.sign + Theme.u(4.4)))
        text: tool.label
        textFormat: Text.PlainText
        wrapMode: tool.stacked ? Text.NoWrap : Text.WordWrap
        maximumLineCount: 2
        elide: Text.ElideRight
        lineHeight: tool.stacked ? 1 : 0.85
        color: Theme.ink
        font.pixelSize: Theme.type(tool.stacked && !Theme.portrait ? 3.6 : 4.4)
    }
}
