import QtQuick
import Kiosk.Parts

// A page that only says something: a sign, a title, a sentence, and what the page adds below. The sign gives way where
// the words need the room.
Page {
    id: page

    required property string title
    required property string text
    property string sign: ""
    property string note: ""
    default property alias more: extra.data

    readonly property real free: height - 2 * Theme.u(portrait ? 20 : Theme.large ? 4 : 8) - words.height - (picture.visible ? Theme.u(5) : 0)
    readonly property real upper: Math.round((height - picture.height - words.height - Theme.u(portrait ? 34 : 12)) / 2)
    readonly property bool portrait: Theme.portrait

    Skyline {}
    Image {
        id: picture
        readonly property real size: Math.max(Theme.u(14), Math.min(Theme.u(page.portrait ? 56 : 38), page.free))

        y: Math.max(Theme.u(4), page.upper)
        anchors.horizontalCenter: parent.horizontalCenter
        visible: page.sign !== ""
        height: visible ? size : 0
        source: page.sign ? Theme.art("pictures", page.sign) : ""
        sourceSize: Qt.size(size, size)
    }
    Column {
        id: words
        x: Theme.margin
        y: picture.y + picture.height + Theme.u(page.portrait ? 9 : 5)
        width: parent.width - 2 * x
        spacing: Theme.u(page.portrait ? 5 : 3)

        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.title
            font.pixelSize: Theme.large && !page.portrait ? Theme.u(13) : Theme.display // never smaller than in the ordinary look
            font.bold: true
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.text
            font.pixelSize: Theme.label
            color: Theme.soft
            visible: text !== ""
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.note
            color: Theme.soft
            visible: text !== ""
        }
        Column {
            id: extra
            anchors.horizontalCenter: parent.horizontalCenter
        }
    }
}
