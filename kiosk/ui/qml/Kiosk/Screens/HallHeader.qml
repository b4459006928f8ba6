import QtQuick
import Kiosk.Parts

// The hall's name over every page.
Rectangle {
    id: header

    required property string hall

    color: Theme.paper

    Rectangle {
        x: Theme.margin
        width: Theme.u(1.3)
        height: Theme.u(6.4)
        radius: width / 2
        anchors.verticalCenter: parent.verticalCenter
        color: Theme.accent
        visible: header.hall !== ""
    }
    Words {
        x: Theme.margin + Theme.u(4)
        width: parent.width - x - (Theme.portrait ? Theme.margin : Theme.u(50))
        anchors.verticalCenter: parent.verticalCenter
        text: header.hall
        font.pixelSize: Theme.u(5.6)
        font.bold: true
        font.letterSpacing: Theme.u(0.25)
        elide: Text.ElideRight
        wrapMode: Text.NoWrap
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.hair
        color: Theme.line
    }
}
