import QtQuick
import Kiosk.Model
import Kiosk.Parts

// What every page is: opaque ground, the model, its words.
Rectangle {
    required property ScreenModel screen

    readonly property var words: screen.words
    readonly property real strip: height - Theme.target - Theme.foot

    color: Theme.ground
}
