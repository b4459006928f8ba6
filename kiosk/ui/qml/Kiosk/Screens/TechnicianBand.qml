import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Over the header while the citizen's pages are tapped as a test: whoever comes by reads that this is none of theirs.
Rectangle {
    id: band

    required property TechnicianModel technician

    objectName: "technician.band"
    color: Theme.ink

    TapHandler {
        gesturePolicy: TapHandler.ReleaseWithinBounds
    }
    Words {
        objectName: "technician.band.words"
        x: Theme.margin
        width: stop.x - x - Theme.gap
        height: parent.height
        verticalAlignment: Text.AlignVCenter
        text: band.technician.band
        color: "#FFFFFF"
        font.bold: true
        font.pixelSize: Theme.small
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 3
    }
    PushButton {
        id: stop
        objectName: "technician.stop"
        label: band.technician.bandStop
        x: parent.width - width - Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        width: Math.max(Theme.u(34), Theme.target)
        height: Math.min(parent.height, Theme.target)
        onTapped: band.technician.stopTrip()
    }
}
