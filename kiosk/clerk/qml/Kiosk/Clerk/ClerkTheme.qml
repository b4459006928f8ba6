pragma Singleton
import QtQuick

// Every colour and every size of the console: the citizen's screen's ink, ground and accent, at the size of a desk.
QtObject {
    property bool large: false

    readonly property real grow: large ? 1.25 : 1

    readonly property color ink: "#14213D"
    readonly property color soft: "#55627A"
    readonly property color ground: "#F3F4F9"
    readonly property color paper: "#FFFFFF"
    readonly property color line: "#D9DEEA"
    readonly property color edge: "#A9B3C6"
    readonly property color accent: "#114B80"
    readonly property color accentPressed: "#0B3A63"
    readonly property color accentSoft: "#E7EEF5"
    readonly property color accentInk: "#FFFFFF"
    readonly property color trouble: "#9A3412"
    readonly property color troubleSoft: "#FBEEE6"

    readonly property int margin: Math.round(12 * grow)
    readonly property int gap: Math.round(8 * grow)
    readonly property int hair: Math.round(4 * grow)
    readonly property int radius: Math.round(8 * grow)
    readonly property int target: Math.round(38 * grow)
    readonly property int quiet: Math.round(32 * grow)
    readonly property int primary: Math.round(46 * grow)
    readonly property int row: Math.round(46 * grow)

    readonly property int state: Math.round(21 * grow)
    readonly property int title: Math.round(16 * grow)
    readonly property int body: Math.round(15 * grow)
    readonly property int small: Math.round(13 * grow)
    readonly property int key: Math.round(11 * grow)
}
