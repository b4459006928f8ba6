import QtQuick
import QtQuick.VirtualKeyboard.Styles
import Kiosk.Parts

// A word the keyboard offers.
SelectionListItem {
    width: Math.max(word.implicitWidth + Theme.u(8), Theme.target)

    Text {
        id: word
        anchors.centerIn: parent
        // The list gives its roles by context.
        text: display // qmllint disable unqualified
        color: Theme.ink
        font.pixelSize: Theme.u(6.2)
    }
    Rectangle {
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.hair
        height: parent.height / 2
        color: Theme.line
    }
}
