pragma Singleton
import QtQuick

// Every colour and every size of the console: the citizen's screen's ink, ground and accent, at the size of a desk.
QtObject {
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

    readonly property int margin: 14
    readonly property int gap: 10
    readonly property int radius: 10
    readonly property int target: 40

    readonly property int state: 23
    readonly property int title: 17
    readonly property int body: 15
    readonly property int small: 13
}
