import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Who served and what was done, quietly, above the question: two lines in landscape, a card in portrait.
// For elders it shrinks to what matters: no photo, no numbers.
Item {
    id: strip

    required property ScreenModel screen
    property bool brief: false

    readonly property bool upright: Theme.portrait
    readonly property bool short: Theme.large && !upright
    readonly property real inner: upright ? Theme.u(7) : 0
    readonly property string place: [screen.windowNumber, screen.windowName].filter(one => one !== "").join(" · ")

    // A name that does not fit on a line, not even in the smaller of two sizes, stands on two lines in that one.
    function fitting(text: string, width: real, full: real, smaller: real): real {
        const one = Math.floor(width / Math.max(1, metrics.advanceWidth(text)) * 99)
        return one >= smaller ? Math.min(full, one) : smaller
    }

    implicitHeight: upright ? (brief ? photo.y + photo.height : what.y + what.height) + inner
                            : Math.max(who.height, what.height, short ? 0 : photo.height)

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
        visible: !strip.short
        key: strip.screen.photoKey
        x: strip.inner
        y: strip.inner
        height: Theme.u(strip.upright ? 26 : 15)
    }
    Column {
        id: who
        y: strip.short ? (strip.height - height) / 2 : photo.y + (photo.height - height) / 2
        x: strip.short ? 0 : photo.x + photo.width + Theme.u(strip.upright ? 6 : 4)
        width: strip.upright ? parent.width - x - strip.inner : Theme.u(strip.short ? 64 : 62)
        spacing: Theme.u(strip.upright ? 0.8 : 0)
        Words {
            width: parent.width
            text: strip.place
            font.pixelSize: strip.upright ? Theme.type(4.8) : strip.fitting(text, width, Theme.type(4), Theme.leastType)
            color: Theme.soft
            elide: Text.ElideRight
            maximumLineCount: 2
        }
        Words {
            width: parent.width
            text: strip.upright || strip.short ? strip.screen.staffName
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
        y: strip.upright ? photo.y + photo.height + Theme.u(5) : Theme.u(1)
        width: strip.upright ? parent.width - 2 * x : Theme.hair
        height: strip.upright ? Theme.hair : strip.height - Theme.u(2)
        color: Theme.line
    }
    Column {
        id: what
        visible: !strip.brief
        x: strip.upright ? strip.inner : who.x + who.width + Theme.u(8)
        y: strip.upright ? photo.y + photo.height + Theme.u(9) : (strip.height - height) / 2
        width: parent.width - x - strip.inner
        spacing: Theme.u(strip.upright ? 0.8 : 0)
        Words {
            width: parent.width
            text: strip.upright || strip.short ? strip.screen.words["visit.label"]
                : [strip.screen.words["visit.label"], strip.screen.caseNumber].filter(one => one !== "").join(" · ")
            font.pixelSize: Theme.type(strip.upright ? 4.8 : 4)
            color: Theme.soft
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            text: strip.screen.matter
            font.pixelSize: strip.upright ? Theme.type(6.4) : strip.fitting(text, width, Theme.type(5.4), Theme.small)
            font.bold: true
            elide: Text.ElideRight
            maximumLineCount: strip.upright ? 3 : 2
        }
        Words {
            width: parent.width
            text: strip.screen.caseNumber
            font.pixelSize: Theme.type(strip.upright ? 4.8 : 4)
            color: Theme.soft
            visible: strip.upright
            wrapMode: Text.NoWrap
        }
    }
}
