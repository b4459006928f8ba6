pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// A tablet in the hall: which matter was just handled, as large tiles, or by the code on the queue slip.
Page {
    id: page

    readonly property bool upright: Theme.portrait
    readonly property real inner: width - 2 * Theme.margin
    readonly property bool several: tiles.leaves > 1
    readonly property real first: Math.floor((inner - 3 * Theme.gap) * (upright ? 0.31 : 0.28))
    readonly property real quarter: Math.floor((inner - 3 * Theme.gap - first) / 3)

    Horizon {
        anchors.fill: undefined
        visible: page.upright
        width: page.width
        height: Math.max(0, asked.y - Theme.u(6))
    }
    CalledBand {
        id: band
        screen: page.screen
        x: Theme.margin
        y: page.upright ? Math.max(Theme.u(4), Math.round((asked.y - height) / 2.6)) : Theme.u(Theme.low ? 1 : 3)
        width: page.inner
    }
    Column {
        id: asked
        x: Theme.margin
        y: page.upright ? Math.max(Theme.u(4), page.bandTop - height - Theme.u(6))
                        : Math.max(page.bandTop, band.visible ? band.y + band.height + Theme.u(Theme.low ? 1 : 2) : Theme.u(4))
        width: page.inner
        spacing: Theme.u(page.upright ? 2 : 0)
        Words {
            width: parent.width
            text: page.words["matters.title"]
            font.pixelSize: page.upright ? Theme.type(11) : Theme.title
            font.bold: true
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.leastType
            wrapMode: Text.NoWrap
        }
        Words {
            objectName: "matters.hint"
            width: parent.width
            text: page.screen.mattersHint || page.words["matters.text"]
            font.pixelSize: Theme.type(page.upright ? 5.6 : 4.8)
            font.bold: page.screen.mattersHint !== ""
            color: page.screen.mattersHint ? Theme.ink : Theme.soft
            fontSizeMode: page.upright ? Text.FixedSize : Text.HorizontalFit
            minimumPixelSize: Theme.leastType
            wrapMode: page.upright ? Text.Wrap : Text.NoWrap
            Accessible.role: page.screen.mattersHint ? Accessible.AlertMessage : Accessible.StaticText
        }
    }
    ChoiceField {
        id: tiles
        x: Theme.margin
        y: asked.y + asked.height + Theme.u(page.upright ? 6 : 3)
        width: page.inner
        height: page.strip - Theme.gap - y
        columns: page.upright ? 2 : 3
        called: "matter"
        labels: page.screen.matterLabels
        leaf: page.screen.mattersLeaf
        least: Math.max(Theme.levelLeast, Theme.u(!page.upright ? 20 : Theme.large ? 25 : 19))
        tallest: Theme.u(page.upright ? 30 : 34)
        onChosen: place => page.screen.chooseMatter(page.screen.matters[place])
    }
    PushButton {
        objectName: "earlier"
        label: page.words["attract.earlier"]
        icon: page.several ? "" : Theme.art("pictures", "receipt")
        x: page.several ? Theme.at(Theme.margin, width, page.width)
                        : Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: page.several ? page.first : page.upright ? page.inner : Math.max(implicitWidth, Theme.u(52))
        height: Theme.target
        onTapped: page.screen.openSheet("receipt")
    }
    PushButton {
        objectName: "search"
        visible: page.several
        label: page.words["matters.search"]
        x: Theme.at(Theme.margin + page.first + Theme.gap, width, page.width)
        y: page.strip
        width: page.quarter
        height: Theme.target
        onTapped: page.screen.openSheet("search")
    }
    PushButton {
        objectName: "leaf.back"
        visible: page.several
        enabled: tiles.turned > 0
        faint: !enabled
        label: page.words["matters.back"]
        x: Theme.at(Theme.margin + page.first + page.quarter + 2 * Theme.gap, width, page.width)
        y: page.strip
        width: page.quarter
        height: Theme.target
        onTapped: page.screen.turnMatters(tiles.turned - 1)
    }
    PushButton {
        objectName: "leaf.next"
        visible: page.several
        enabled: tiles.turned < tiles.leaves - 1
        faint: !enabled
        label: page.words["matters.next"]
        x: Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: page.quarter
        height: Theme.target
        onTapped: page.screen.turnMatters(tiles.turned + 1)
    }
    SheetWatch {
        z: 2
        screen: page.screen
        needed: page.visible && page.screen.choosing && page.screen.sheet === ""
        y: Theme.banded ? page.height - height : 0
        width: page.width
        height: Theme.target + Theme.u(7.5)
        onOver: page.screen.forgetChoice()
    }
}
