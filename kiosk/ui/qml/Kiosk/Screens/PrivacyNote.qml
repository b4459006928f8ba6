import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The sentence that says who will not see the choice, with the way to the whole of it.
Tap {
    id: note

    required property ScreenModel screen

    objectName: "privacy"
    implicitWidth: wide(label, words.size)
    onTapped: screen.openSheet("privacy")

    function wide(text: string, size: real): real {
        return Math.ceil(size / 100 * metrics.advanceWidth(text)) + Theme.u(12)
    }

    FontMetrics {
        id: metrics
        font.pixelSize: 100
    }
    Image {
        id: sign
        anchors.verticalCenter: parent.verticalCenter
        source: Theme.art("tools", "about")
        sourceSize: Qt.size(Theme.u(6), Theme.u(6))
    }
    Text {
        id: words

        readonly property real size: Theme.type(Theme.portrait ? 5 : 4.6)

        x: sign.width + Theme.u(2)
        width: parent.width - x
        height: parent.height
        verticalAlignment: Text.AlignVCenter
        text: note.label
        textFormat: Text.PlainText
        color: note.pressed ? Theme.accent : Theme.soft
        font.pixelSize: size
        font.underline: note.pressed
        lineHeight: 0.9
        wrapMode: Text.WordWrap
        fontSizeMode: Text.Fit
        minimumPixelSize: Theme.leastType
    }
}
