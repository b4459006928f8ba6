import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Whose number is called to this window, until that visit begins.
Rectangle {
    id: band

    required property ScreenModel screen

    visible: screen.called !== ""
    height: visible ? Theme.u(Theme.portrait ? 34 : Theme.low ? 11 : 22) : 0
    radius: Theme.radius
    color: Theme.accent

    Words {
        objectName: "called"
        x: Theme.u(6)
        width: parent.width - 2 * x
        height: parent.height
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        text: band.screen.called
        color: Theme.accentInk
        font.pixelSize: Theme.type(Theme.portrait ? 14 : 12)
        font.bold: true
        fontSizeMode: Text.Fit
        minimumPixelSize: Theme.leastType
        lineHeight: 0.85
        Accessible.role: Accessible.AlertMessage
    }
}
