import QtQuick
import Kiosk.Parts

// Hills and roofs on a line: where the upper part of a tall machine ends and the part within reach begins.
Item {
    anchors.fill: parent

    Skyline {}
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.hair
        color: Theme.line
    }
}
