import QtQuick
import Kiosk.Parts

// A page that only says something: a sign, a title, a sentence, and what the page adds below.
Page {
    id: page

    required property string title
    required property string text
    property string sign: ""
    property string note: ""
    default property alias more: column.data

    Skyline {}
    Column {
        id: column
        width: parent.width - 2 * Theme.u(14)
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.round(Math.max(Theme.u(8), (parent.height - Theme.u(Theme.portrait ? 70 : 30) - height) / 2))
        spacing: Theme.u(4.5)

        Image {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: page.sign !== ""
            source: page.sign ? Theme.art("pictures", page.sign) : ""
            sourceSize: Qt.size(Theme.u(22), Theme.u(22))
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.title
            font.pixelSize: Theme.display
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
    }
}
