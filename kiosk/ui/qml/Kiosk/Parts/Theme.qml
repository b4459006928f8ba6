pragma Singleton
import QtQuick

// Every size and every colour, as docs/DESIGN-LANGUAGE.md has them. Sizes follow the glass in millimetres: `unit` is
// one millimetre on a 10.1 inch tablet, grows with larger glass but never beyond `widest`, and what is pressed or read
// has a least size of its own, in millimetres, that no small glass undercuts.
QtObject {
    id: theme

    property int width: 1280
    property int height: 800
    property real diagonalInches: 0

    // How this citizen, or the hall, wants it: see kiosk/ui/looks.py.
    property bool large: false
    property bool contrast: false
    property bool still: false
    property bool low: false
    property bool left: false
    property string wishedAccent: ""
    property string wishedGround: ""

    readonly property bool portrait: height > width
    readonly property bool banded: portrait || low // every control lies in the lower band
    readonly property real grow: large ? 1.25 : 1

    // The glass: as configured, else as the screen says, else guessed: a tablet, a window screen, a machine.
    property real measuredInches: 0
    readonly property real guessedInches: Math.max(width, height) <= 1400 ? 10.1
                                          : !portrait && width < 1.7 * height ? 13 : 21.5
    readonly property real inches: [diagonalInches, measuredInches, guessedInches].find(one => one > 0)
    readonly property real mm: Math.sqrt(width * width + height * height) / (inches * 25.4)
    readonly property real widest: 1.6
    readonly property real fit: Math.min(width / (portrait ? 150 : 217.6), height / (portrait ? 266.6 : 136))
    readonly property real unit: Math.min(fit, widest * mm)
    readonly property bool tiny: height < 96 * mm || width < 120 * mm // glass too small for 15 mm everywhere
    readonly property bool stood: portrait && height > 350 * mm // a machine one stands at

    // What a finger needs, and where it may be. The band: 800 to 1,100 mm above the floor on a machine whose glass
    // begins at 800 mm; on smaller glass, a lower share of it.
    readonly property real least: 9 * mm
    readonly property real target: Math.round(Math.max(u(15), (tiny ? 9 : 15) * mm))
    readonly property real levelLeast: Math.ceil(20 * mm)
    readonly property real lowShare: portrait ? 0.82 * height : Math.max(0.7 * height, Math.min(0.82 * height, 96 * mm))
    readonly property real bandHeight: Math.round(Math.min(300 * mm, lowShare))
    readonly property real bandTop: height - bandHeight

    readonly property real margin: Math.round(Math.max(u(portrait ? 9 : 8), (width - u(portrait ? 176 : 232)) / 2))
    readonly property real foot: u(banded ? 3.6 : 5)
    readonly property real header: banded ? u(portrait ? 17 : 12) : Math.max(u(15.5), target + Math.ceil(mm / 2))
    readonly property real toolbar: banded ? target + 2 * u(1.4) : 0 // the row at the very bottom
    readonly property real radius: u(4)
    readonly property real candidates: u(12)
    readonly property real hair: Math.max(1, u(contrast ? 0.5 : 0.25))
    readonly property real corner: Math.ceil(15 * mm) + 1 // at the upper left, where the way to the staff menu begins (kiosk/ui/corner.py)
    readonly property real gap: Math.round(Math.max(u(3), 2.2 * mm))

    readonly property real leastType: Math.ceil((stood ? 6.6 : 3.2) * mm)
    readonly property real display: type(13)
    readonly property real title: type(9.6)
    readonly property real label: type(6.6)
    readonly property real body: type(5.2)
    readonly property real small: type(4.2)

    readonly property color ours: "#0F4C81"
    readonly property color oursGround: "#F7F4EE"
    readonly property color ink: contrast ? "#000000" : "#16273D"
    readonly property color soft: contrast ? "#1C1C1C" : "#55627A"
    readonly property color ground: contrast ? "#FFFFFF" : lightened(isColour(wishedGround) ? wishedGround : oursGround)
    readonly property color paper: "#FFFFFF"
    readonly property color line: contrast ? "#000000" : "#DAD6CC"
    readonly property color edge: contrast ? "#000000" : "#A9B0BC"
    readonly property color accent: contrast ? "#000000" : darkened(isColour(wishedAccent) ? wishedAccent : ours)
    readonly property color accentPressed: contrast ? "#3A3A3A" : mixed(accent, "#000000", 0.25)
    readonly property color accentSoft: contrast ? "#FFE14D" : mixed(accent, "#FFFFFF", 0.9)
    readonly property color accentInk: contrast ? "#FFE14D" : "#FFFFFF"
    readonly property color accentInkSoft: contrast ? "#FFFFFF" : mixed(accent, "#FFFFFF", 0.85)
    readonly property color faint: contrast ? "#404040" : "#667085"
    readonly property color quietKey: contrast ? "#FFFFFF" : "#DAD6CC"
    readonly property color keys: contrast ? "#CFCFCF" : "#E4E1D9"
    readonly property color face: "#FFE3A0"

    readonly property int slide: still ? 0 : 220
    readonly property int dead: 300

    // A picture of ours: folder and name below the assets, without its ending.
    function art(folder: string, name: string): url {
        return "image://kiosk/" + folder + "/" + name
    }
    function u(units: real): real {
        return Math.round(units * unit)
    }
    // The size of type: grows in the look for elders, and is never too small to be read.
    function type(units: real): real {
        return Math.round(Math.max(units * unit, leastType) * grow)
    }
    // Where something stands in a row, seen from the side of the hand that uses it.
    function at(x: real, width: real, whole: real): real {
        return left ? whole - x - width : x
    }

    // Contrast as WCAG 2 counts it, and a hall's own colours made legible.
    function ratio(one: color, other: color): real {
        const a = luminance(one), b = luminance(other)
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    }
    function luminance(one: color): real {
        const linear = part => part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4)
        return 0.2126 * linear(one.r) + 0.7152 * linear(one.g) + 0.0722 * linear(one.b)
    }
    function mixed(one: color, other: color, share: real): color {
        const part = name => one[name] * (1 - share) + other[name] * share
        return Qt.rgba(part("r"), part("g"), part("b"), 1)
    }
    function isColour(text: string): bool {
        return /^#[0-9a-fA-F]{6}$/.test(text)
    }
    function lightened(wish: color): color {
        let one = wish
        for (let step = 0; step < 30 && (ratio(one, "#16273D") < 12.5 || ratio(one, "#55627A") < 5); step++)
            one = mixed(one, "#FFFFFF", 0.15)
        return one
    }
    function darkened(wish: color): color {
        let one = wish
        for (let step = 0; step < 60 && ratio(one, ground) < 4.6; step++)
            one = mixed(one, "#000000", 0.05)
        return one
    }
}
