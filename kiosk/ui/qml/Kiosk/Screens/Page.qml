import QtQuick
import Kiosk.Model
import Kiosk.Parts

// What every page is: opaque ground, the model, its words.
Rectangle {
    required property ScreenModel screen

    readonly property var words: screen.words
    readonly property real strip: height - Theme.target - Theme.foot

    // Where the lower band begins, and where the picture above it ends.
    readonly property real bandTop: Math.max(0, Theme.banded ? Theme.bandTop - Theme.header : 0)
    readonly property real horizon: Math.max(0, bandTop - Theme.u(32 * Theme.grow))

    color: Theme.ground
}
