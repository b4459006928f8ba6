import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The staff menu: a title, how things stand, and below that tiles to choose from or a pad to type on. Lies over
// everything; on a machine one stands at all of it is in the lower band.
Rectangle {
    id: sheet

    required property ScreenModel screen
    required property MenuModel menu

    readonly property bool upright: Theme.portrait
    readonly property real edge: Theme.margin
    readonly property real inner: width - 2 * edge
    readonly property real head: upright ? Theme.bandTop + Theme.u(3) : Theme.u(4)
    readonly property real foot: height - Theme.target - Theme.foot
    readonly property string step: menu.step
    readonly property real wide: Math.max(Theme.u(upright && menu.moreLabel !== "" ? 24 : 34), Theme.target) // of a quiet button
    readonly property bool pad: ["digits", "letters"].includes(menu.pad)
    readonly property bool plain: menu.pad === "" && menu.big === "" && menu.lines === ""

    objectName: "menu.sheet"
    color: Theme.ground
    onStepChanged: dead.restart()
    Accessible.role: Accessible.Dialog
    Accessible.name: menu.title

    TapHandler {
        gesturePolicy: TapHandler.ReleaseWithinBounds // nothing below is to be pressed through the menu
    }
    Words {
        id: title
        x: sheet.edge
        y: sheet.head
        width: sheet.upright || !sheet.pad ? sheet.inner : 0.42 * sheet.inner
        height: Theme.target
        verticalAlignment: Text.AlignVCenter
        text: sheet.menu.title
        font.pixelSize: Theme.title
        font.bold: true
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 1
        wrapMode: Text.NoWrap
    }
    Words {
        id: note
        objectName: "menu.note"
        x: sheet.edge
        y: title.y + title.height + Theme.u(1)
        width: sheet.inner
        height: Theme.type(6.6)
        verticalAlignment: Text.AlignVCenter
        text: sheet.menu.hint || sheet.menu.note
        color: sheet.menu.hint ? Theme.accent : Theme.soft
        font.bold: sheet.menu.hint !== ""
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 1
        wrapMode: Text.NoWrap
        Accessible.role: sheet.menu.hint ? Accessible.AlertMessage : Accessible.StaticText
    }
    Words {
        objectName: "menu.big"
        visible: sheet.menu.big !== ""
        x: sheet.edge
        y: note.y + note.height + Theme.u(3)
        width: sheet.inner
        height: sheet.foot - y - Theme.gap - below.height
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        text: sheet.menu.big
        font.pixelSize: /[0-9]/.test(text) ? Theme.u(44) : Theme.title
        font.bold: true
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        wrapMode: /[0-9]/.test(text) ? Text.NoWrap : Text.Wrap
    }
    Words {
        objectName: "menu.lines"
        visible: sheet.menu.lines !== ""
        x: sheet.edge
        y: note.y + note.height + Theme.u(3)
        width: sheet.inner
        height: sheet.foot - y - Theme.gap
        verticalAlignment: Text.AlignVCenter
        text: sheet.menu.lines
        font.pixelSize: Theme.label
        lineHeight: 1.4
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
    }
    MatterSearch {
        visible: sheet.menu.pad === "search"
        enabled: !sheet.menu.busy
        screen: sheet.screen
        labels: visible ? sheet.menu.labels : []
        begun: sheet.menu.typed !== ""
        letters: sheet.menu.letters
        x: sheet.edge
        y: note.y + note.height + Theme.u(1)
        width: sheet.inner
        height: sheet.foot - y - Theme.gap
        onLetter: one => sheet.menu.type(one)
        onErased: sheet.menu.erase()
        onChosen: place => sheet.menu.choose(sheet.menu.choices[place])
    }
    MenuTiles {
        visible: sheet.plain
        enabled: !sheet.menu.busy
        menu: sheet.menu
        x: sheet.edge
        y: note.y + note.height + Theme.u(3)
        width: sheet.inner
        height: sheet.foot - y - Theme.gap
    }
    MenuPad {
        visible: sheet.pad
        enabled: !sheet.menu.busy
        screen: sheet.screen
        menu: sheet.menu
        head: note.y + note.height + Theme.u(2) - y
        x: sheet.edge
        y: sheet.upright ? note.y + note.height + Theme.u(3) : title.y
        width: sheet.inner
        height: sheet.foot - y - Theme.gap
    }
    PushButton {
        id: back
        objectName: "menu.back"
        visible: sheet.menu.canGoBack
        label: sheet.screen.words["menu.back"]
        x: sheet.edge
        y: sheet.foot
        width: sheet.wide
        height: Theme.target
        onTapped: sheet.menu.goBack()
    }
    PushButton {
        id: close
        objectName: "menu.close"
        label: sheet.screen.words["menu.close"]
        x: back.visible ? back.x + back.width + Theme.gap : sheet.edge
        y: sheet.foot
        width: sheet.wide
        height: Theme.target
        onTapped: sheet.menu.leave()
    }
    Words {
        id: below
        readonly property bool alone: sheet.menu.big !== "" // across, above the buttons

        x: alone ? sheet.edge : close.x + close.width + Theme.u(5)
        y: alone ? sheet.foot - height - Theme.gap : sheet.foot
        width: sheet.edge + sheet.inner - x
        height: Theme.target
        visible: sheet.menu.pad === ""
        verticalAlignment: Text.AlignVCenter
        horizontalAlignment: alone ? Text.AlignHCenter : Text.AlignRight
        text: sheet.menu.below
        font.pixelSize: Theme.small
        color: Theme.soft
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.ceil(Theme.leastType)
        maximumLineCount: 2
    }
    PushButton {
        objectName: "menu.details"
        visible: sheet.menu.moreLabel !== ""
        label: sheet.menu.moreLabel
        x: enter.x - width - Theme.gap
        y: sheet.foot
        width: sheet.wide
        height: Theme.target
        onTapped: sheet.menu.choose("details")
    }
    PushButton {
        id: enter
        objectName: "menu.enter"
        visible: sheet.pad
        enabled: sheet.menu.canEnter
        primary: sheet.menu.canEnter
        label: sheet.menu.enterLabel
        x: sheet.edge + sheet.inner - width
        y: sheet.foot
        width: Theme.u(48)
        height: Theme.target
        onTapped: sheet.menu.enter()
    }
    Item {
        // As after a change of page.
        objectName: "menu.dead"
        anchors.fill: parent
        visible: dead.running
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }
        Timer {
            id: dead
            interval: Theme.dead
            running: true
        }
    }
}
