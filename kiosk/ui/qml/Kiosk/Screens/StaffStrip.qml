import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Who serves here, in one line.
Panel {
    id: strip

    required property ScreenModel screen

    readonly property bool someone: screen.staffName !== ""
    readonly property real beside: someone ? photo.width + Theme.u(7) : Theme.u(5)

    StaffPhoto {
        id: photo
        visible: strip.someone
        key: strip.screen.photoKey
        x: Theme.at(Theme.u(3), width, parent.width)
        height: parent.height - 2 * Theme.u(1.2)
        anchors.verticalCenter: parent.verticalCenter
    }
    Column {
        id: lines
        x: Theme.at(strip.beside, width, parent.width)
        width: parent.width - strip.beside - Theme.u(4)
        anchors.verticalCenter: parent.verticalCenter
        Words {
            width: parent.width
            horizontalAlignment: Theme.left ? Text.AlignRight : Text.AlignLeft
            text: [width > Theme.u(64) ? strip.screen.windowNumber : "", strip.screen.windowName].filter(one => one !== "").join(" · ")
            font.pixelSize: Math.min(Theme.small, Theme.target * 0.32)
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.ceil(Theme.leastType)
            color: Theme.soft
            elide: Text.ElideRight
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            horizontalAlignment: Theme.left ? Text.AlignRight : Text.AlignLeft
            text: [strip.screen.staffName, strip.screen.staffNumber].filter(one => one !== "").join("  ") || strip.screen.words["staff.none"]
            font.pixelSize: Math.min(Theme.body, Theme.target * 0.38)
            font.bold: true
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.round(font.pixelSize * 0.6)
            elide: Text.ElideRight
            wrapMode: Text.NoWrap
        }
    }
}
