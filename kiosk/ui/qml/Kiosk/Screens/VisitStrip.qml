import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Who served and what was done, quietly, above the question: two lines in landscape, a card in portrait.
// For elders it shrinks to what matters: no photo, no numbers.
Item {
    id: strip

    required property ScreenModel screen
    property bool brief: false // upright: only who
    property bool tight: false // upright: who, and the matter in smaller letters
    property real taken: 0 // by what stands at its end

    readonly property bool upright: Theme.portrait
    readonly property bool compact: Theme.large && !upright
    readonly property real inner: upright ? Theme.u(7) : 0
    readonly property string place: [screen.windowNumber, screen.windowName].filter(one => one !== "").join(" · ")

    // How high the card is with everything on it, whether it is brief now or not.
    readonly property real wanted: 2 * inner + Theme.u(35) + 2.8 * Theme.type(4.8) + Theme.u(2)
                                   + 1.35 * Theme.type(6.4) * rows(screen.matter, end - inner, Theme.type(6.4))

    // And with who and the matter alone.
    readonly property real least: 2 * inner + Theme.u(36) + 1.35 * Theme.type(5.2) * rows(screen.matter, end - inner, Theme.type(5.2))

    readonly property real slot: Math.ceil(1.33 * (Theme.type(4) + 2 * Theme.small)) // lying: a line and two smaller ones
    readonly property real end: width - inner - taken
    readonly property real under: Math.max(photo.y + photo.height, who.y + who.height)

    function rows(text: string, width: real, size: real): int {
        return Math.min(3, Math.ceil(metrics.advanceWidth(text) / 100 * size * 1.05 / Math.max(1, width)))
    }
    // A name that does not fit on a line, not even in the smaller of two sizes, stands on two lines in that one.
    function fitting(text: string, width: real, full: real, smaller: real): real {
        const one = Math.floor(width / Math.max(1, metrics.advanceWidth(text)) * 99)
        return one >= smaller ? Math.min(full, one) : smaller
    }

    implicitHeight: upright ? (brief ? photo.y + photo.height : what.y + what.height) + inner
                            : Math.max(who.height, slot, compact ? 0 : photo.height)

    FontMetrics {
        id: metrics
        font.pixelSize: 100
        font.bold: true
    }
    Panel {
        visible: strip.upright
        anchors.fill: parent
    }
    StaffPhoto {
        id: photo
        visible: !strip.compact
        key: strip.screen.photoKey
        x: strip.inner
        y: strip.inner
        height: Theme.u(strip.upright ? 26 : 15)
    }
    Column {
        id: who
        y: strip.compact ? (strip.height - height) / 2 : photo.y + (photo.height - height) / 2
        x: strip.compact ? 0 : photo.x + photo.width + Theme.u(strip.upright ? 6 : 4)
        width: strip.upright ? strip.end - x : Theme.u(strip.compact ? 64 : 62)
        spacing: Theme.u(strip.upright ? 0.8 : 0)
        Words {
            width: parent.width
            text: strip.place
            font.pixelSize: strip.upright && strip.taken === 0 ? Theme.type(4.8) : strip.fitting(text, width, Theme.type(strip.upright ? 4.8 : 4), Theme.leastType)
            color: Theme.soft
            elide: Text.ElideRight
            maximumLineCount: 2
        }
        Words {
            width: parent.width
            text: strip.upright || strip.compact ? strip.screen.staffName
                                               : [strip.screen.staffName, strip.screen.staffNumber].join("  ").trim()
            font.pixelSize: Theme.type(strip.upright ? 7.4 : 5.4)
            font.bold: true
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.leastType
            elide: Text.ElideRight
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            text: strip.screen.staffNumber
            font.pixelSize: Theme.type(strip.upright ? 4.8 : 4)
            color: Theme.soft
            visible: strip.upright
        }
    }
    Rectangle {
        visible: !strip.brief
        x: strip.upright ? strip.inner : who.x + who.width + Theme.u(3)
        y: strip.upright ? strip.under + Theme.u(strip.tight ? 2.5 : 5) : Theme.u(1)
        width: strip.upright ? strip.end - x : Theme.hair
        height: strip.upright ? Theme.hair : strip.height - Theme.u(2)
        color: Theme.line
    }
    Column {
        id: what
        visible: !strip.brief
        x: strip.upright ? strip.inner : who.x + who.width + Theme.u(8)
        y: strip.upright ? strip.under + Theme.u(strip.tight ? 5 : 9) : (strip.height - height) / 2
        width: strip.end - x
        spacing: Theme.u(strip.upright ? 0.8 : 0)
        Words {
            id: label
            width: parent.width
            text: strip.upright || strip.compact ? strip.screen.words["visit.label"]
                : [strip.taken > 0 ? "" : strip.screen.words["visit.label"], strip.screen.caseNumber].filter(one => one !== "").join(" · ")
            font.pixelSize: Theme.type(strip.upright ? 4.8 : 4)
            color: Theme.soft
            wrapMode: Text.NoWrap
            visible: !strip.tight
        }
        Words {
            width: parent.width
            text: strip.screen.matter
            font.pixelSize: strip.upright ? Theme.type(strip.tight ? 5.2 : 6.4) : strip.fitting(text, width, Theme.type(5.4), Theme.small)
            font.bold: true
            elide: Text.ElideRight
            maximumLineCount: strip.upright || strip.taken > 0 ? 3 : 2
            height: strip.upright || strip.taken === 0 ? implicitHeight : Math.min(implicitHeight, strip.slot - label.height)
            fontSizeMode: strip.upright || strip.taken === 0 ? Text.FixedSize : Text.Fit
            minimumPixelSize: Theme.leastType
        }
        Words {
            width: parent.width
            text: strip.screen.caseNumber
            font.pixelSize: Theme.type(strip.upright ? 4.8 : 4)
            color: Theme.soft
            visible: strip.upright && !strip.tight
            wrapMode: Text.NoWrap
        }
    }
}
