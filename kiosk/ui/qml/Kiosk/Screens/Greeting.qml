import QtQuick
import Kiosk.Parts

// The two lines of the start, in the same place on the threshold and on the splash page.
Column {
    id: greeting

    required property string title
    required property string text

    width: Theme.width
    y: Math.round(Theme.height * 0.4)
    spacing: Theme.u(4.5)

    Words {
        width: greeting.width
        horizontalAlignment: Text.AlignHCenter
        text: greeting.title
        font.pixelSize: Theme.display
        font.bold: true
    }
    Words {
        width: greeting.width
        horizontalAlignment: Text.AlignHCenter
        text: greeting.text
        font.pixelSize: Theme.label
        color: Theme.soft
    }
}
