pragma Singleton
import QtQuick

// Every colour and every size. A unit is a millimetre on the smallest glass we draw for (10.1 inches landscape), and
// grows with larger glass, so that proportions stay. Nothing that is pressed is smaller than `least`, on any glass.
QtObject {
    property int width: 1280
    property int height: 800
    property real diagonalInches: 0

    // How this citizen, or the hall, wants it: see kiosk/ui/looks.py.
    property bool large: false
    property bool contrast: false
    property bool still: false
    property bool low: false
    property bool left: false
    readonly property bool banded: portrait || low // every control lies in the lower band
    readonly property real grow: large ? 1.25 : 1

    readonly property bool portrait: height > width
    readonly property real guessedInches: Math.max(width, height) > 1400 ? 21.5 : 10.1
    readonly property real mm: Math.sqrt(width * width + height * height)
                               / ((diagonalInches > 0 ? diagonalInches : guessedInches) * 25.4)
    readonly property real unit: portrait ? Math.min(width / 150, height / 266.6) : Math.min(width / 217.6, height / 136)
    readonly property real least: 9 * mm

    readonly property color ink: "#16273D"
    readonly property color soft: "#55627A"
    readonly property color ground: "#F7F4EE"
    readonly property color paper: "#FFFFFF"
    readonly property color line: "#DAD6CC"
    readonly property color edge: "#A9B0BC"
    readonly property color accent: "#0F4C81"
    readonly property color accentPressed: "#0B3A63"
    readonly property color accentSoft: "#E7EEF5"
    readonly property color accentInk: "#FFFFFF"
    readonly property color accentInkSoft: "#D3E1EE"
    readonly property color faint: "#7A8496"
    readonly property color keys: "#E4E1D9"
    readonly property color face: "#FFE3A0"

    readonly property real margin: u(portrait ? 9 : 8)
    readonly property real foot: u(portrait ? 9 : 6)
    readonly property real header: u(portrait ? 17 : 15.5)
    readonly property real target: Math.max(u(15), least)
    readonly property real radius: u(4)
    readonly property real candidates: u(12)
    readonly property real hair: Math.max(1, u(0.25))
    readonly property real gap: u(3)

    readonly property real display: u(13 * grow)
    readonly property real title: u(8.6 * grow)
    readonly property real label: u(6.6 * grow)
    readonly property real body: u(5.2 * grow)
    readonly property real small: u(4.2 * grow)

    readonly property int slide: still ? 0 : 220
    readonly property int dead: 300

    // A picture of ours: folder and name below the assets, without its ending.
    function art(folder: string, name: string): url {
        return "image://kiosk/" + folder + "/" + name
    }
    function u(units: real): real {
        return Math.round(units * unit)
    }
}
