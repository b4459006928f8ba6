import QtQuick
import Kiosk.Parts

// The very first frame, before the pages and the model are there: what the program is, and that it is starting.
Rectangle {
    id: threshold

    required property string title
    required property string text

    color: Theme.ground

    Column {
        width: parent.width - 2 * Theme.u(14)
        anchors.centerIn: parent
        spacing: Theme.u(4.5)

        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: threshold.title
            font.pixelSize: Theme.display
            font.bold: true
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: threshold.text
            font.pixelSize: Theme.label
            color: Theme.soft
        }
    }
}
