import QtQuick
import Kiosk.Parts

// The hall's crest and name over every page. `taken`: the room at one end that the tools have.
Rectangle {
    id: header

    required property string hall
    required property string crestKey
    property real taken: 0

    readonly property real begin: Theme.margin + (Theme.left && taken > 0 ? taken + Theme.u(6) : 0)
    readonly property real free: width - begin - Theme.margin - (Theme.left ? 0 : taken)

    color: Theme.paper

    Rectangle {
        x: header.begin
        width: Theme.u(1.3)
        height: Theme.u(6.4)
        radius: width / 2
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.accent
        visible: header.hall !== "" && header.crestKey === ""
    }
    Image {
        id: crest
        x: header.begin
        anchors.verticalCenter: parent.verticalCenter
        visible: header.crestKey !== ""
        source: header.crestKey ? "image://kiosk/crest/" + header.crestKey : ""
        sourceSize: Qt.size(Theme.u(10), Theme.u(10))
        cache: false
    }
    Words {
        x: crest.x + (crest.visible ? crest.width + Theme.u(3) : Theme.u(4))
        width: header.free - (x - crest.x) - (header.taken > 0 ? Theme.u(3) : 0)
        height: header.height - 2 * Theme.u(1)
        anchors.verticalCenter: parent.verticalCenter
        verticalAlignment: Text.AlignVCenter
        text: header.hall
        font.pixelSize: Theme.type(5.6)
        font.bold: true
        font.letterSpacing: Theme.u(0.25)
        fontSizeMode: Text.Fit
        minimumPixelSize: Theme.leastType
        maximumLineCount: 3
        lineHeight: 0.82
        elide: Text.ElideRight
        wrapMode: Text.WordWrap
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.hair
        color: Theme.line
    }
}
