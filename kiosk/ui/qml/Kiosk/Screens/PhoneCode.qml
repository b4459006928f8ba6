import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The code by which the citizen's own phone takes the rating: as large as the room allows up to what a phone reads with
// ease, and not there at all where its modules would be below half a millimetre.
Item {
    id: code

    required property ScreenModel screen
    required property real room // for one side
    property real ease: 0.6 // of a module, in mm: more does not help at this distance

    readonly property int modules: Math.max(1, screen.phoneModules)
    readonly property int pixels: Math.min(Math.floor(room / modules), Math.ceil(ease * Theme.mm))
    readonly property bool fits: screen.phoneKey !== "" && pixels >= 0.49 * Theme.mm

    visible: fits
    width: fits ? pixels * modules : 0
    height: width
    Accessible.role: Accessible.Graphic
    Accessible.name: screen.words["phone.offer"]

    Image {
        anchors.fill: parent
        sourceSize: Qt.size(code.width, code.height)
        source: code.fits ? "image://kiosk/phone/" + code.screen.phoneKey : ""
        cache: false
        smooth: false
    }
}
