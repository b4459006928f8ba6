pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// The five levels, all alike.
Page {
    id: page

    readonly property real tileWidth: Theme.portrait ? width - 2 * Theme.margin
                                                     : Math.floor((width - 2 * Theme.margin - 4 * gap) / 5)
    // One size for all five: the largest in which the longest word of this language fits.
    readonly property real longest: Math.max(...screen.levelLabels.join(" ").split(" ").map(word => metrics.advanceWidth(word)))
    readonly property real labelSize: Theme.portrait
        ? Theme.u(7) : Math.floor(Math.min(1, (tileWidth - Theme.u(3)) / longest) * Theme.label)
    readonly property real gap: Theme.u(Theme.portrait ? 2.6 : 3.4)
    readonly property real tileHeight: Theme.portrait ? Theme.u(20.2) : page.strip - Theme.u(4.5) - question.y - question.height - Theme.u(4)

    FontMetrics {
        id: metrics
        font.pixelSize: Theme.label
        font.bold: true
    }
    VisitStrip {
        id: strip
        screen: page.screen
        x: Theme.margin
        y: Theme.u(Theme.portrait ? 8 : 4.6)
        width: page.width - 2 * x
    }
    Item {
        id: question
        x: Theme.margin
        y: Theme.portrait ? Math.round(tiles.y - height - Theme.u(6)) : strip.y + strip.height + Theme.u(3.5)
        width: page.width - 2 * x
        height: Theme.portrait ? privacy.y + privacy.height : asked.height

        Words {
            id: asked
            width: Theme.portrait ? parent.width : Math.min(implicitWidth, parent.width - Theme.u(70))
            text: page.words["inviting.title"]
            font.pixelSize: Theme.portrait ? Theme.u(9.6) : Theme.title
            font.bold: true
        }
        Words {
            id: privacy
            x: Theme.portrait ? 0 : asked.width + Theme.u(5)
            y: Theme.portrait ? asked.height + Theme.u(2) : asked.baselineOffset - baselineOffset
            width: parent.width - x
            text: page.words["inviting.privacy"]
            font.pixelSize: Theme.u(Theme.portrait ? 5 : 4.6)
            color: Theme.soft
        }
    }
    Grid {
        id: tiles
        x: Theme.margin
        y: Theme.portrait ? bar.y - Theme.u(6) - 5 * page.tileHeight - 4 * page.gap
                          : question.y + question.height + Theme.u(4)
        columns: Theme.portrait ? 1 : 5
        spacing: page.gap
        Repeater {
            model: 5
            LevelTile {
                required property int index

                level: page.screen.levels[index]
                label: page.screen.levelLabels[index]
                beside: page.screen.levelBeside[index]
                labelSize: page.labelSize
                width: page.tileWidth
                height: page.tileHeight
                onTapped: page.screen.tapLevel(level)
            }
        }
    }
    TimeBar {
        id: bar
        x: Theme.margin
        y: Theme.portrait ? page.strip - Theme.u(7) : page.strip + (Theme.target - height) / 2
        width: Theme.portrait ? page.width - 2 * x : skip.x - x - Theme.u(6)
        deadline: page.screen.deadline
        remaining: page.screen.timeLeft
        total: page.screen.timeTotal
    }
    PushButton {
        id: skip
        objectName: "skip"
        label: page.words["inviting.skip"]
        x: Theme.portrait ? Theme.margin + Theme.u(44) : page.width - width - Theme.margin
        y: page.strip
        width: Theme.portrait ? page.width - x - Theme.margin : Math.max(implicitWidth, Theme.u(38))
        height: Theme.target
        onTapped: page.screen.skip()
    }
}
