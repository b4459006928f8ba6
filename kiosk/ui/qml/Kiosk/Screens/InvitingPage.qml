pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// The five levels, all alike: five columns in landscape, five rows in portrait.
Page {
    id: page

    readonly property bool upright: Theme.portrait
    readonly property real inner: width - 2 * Theme.margin
    readonly property real gap: Math.round(Math.max(Theme.u(upright ? 2.8 : 3), 2.2 * Theme.mm))
    readonly property real fifth: Math.floor((inner - 4 * gap) / 5)
    readonly property real tileWidth: upright ? inner : fifth - ((fifth - inner) % 4 + 4) % 4 // so that all five align
    readonly property real tilesEnd: upright ? bar.y - Theme.u(4) : page.strip - Theme.gap
    readonly property real tileHeight: upright
        ? Math.max(Theme.levelLeast, Math.min(Theme.u(21.5),
            Math.floor((tilesEnd - bandTop - Theme.target - Theme.u(2) - 4 * gap) / 5)))
        : tilesEnd - question.y - question.height - clear
    readonly property real taken: phone.fits ? phone.width : 0 // of the end of the upper part, by the phone's code
    readonly property real clear: Math.ceil(Math.max(Theme.u(1.6), 2.1 * Theme.mm)) // between what is pressed
    // One label size for all five: the largest in which the longest line of this language stands clear of the edge.
    readonly property bool stackedWords: !upright && Theme.large && tileHeight > 34 * Theme.mm
    readonly property var lines: screen.levelLabels.map(label => stackedWords ? broken(label) : label)
    readonly property real longest: widest(lines, metrics.font.pixelSize)
    readonly property real labelSize: upright ? Theme.type(7)
        : Math.floor(Math.min(metrics.font.pixelSize * (stackedWords ? 1.2 : 1), tileHeight * (stackedWords ? 0.17 : 1),
                              metrics.font.pixelSize * (tileWidth - 2 * Theme.u(2.2)) / longest))
    readonly property int high: Math.max(...lines.map(label => linesOf(label, tileWidth - Theme.u(2), labelSize)))
    readonly property bool alone: Theme.large || !upright && tileHeight < 46 * Theme.mm && high > 1
    readonly property real labelRoom: labelSize * (0.2 + 1.15 * high) + (alone ? 0 : Theme.u(5.6)) + Theme.u(6)
    readonly property real faceSize: upright ? tileHeight - Theme.u(5)
        : Math.floor(Math.min(tileWidth - 2 * Theme.u(3), tileHeight - labelRoom - Theme.u(2)))

    // Chinese on two lines, as one speaks it: 非常 / 不满意.
    function broken(label: string): string {
        return label.length > 3 && label.length < 6 && !label.includes(" ") ? label.slice(0, 2) + "\n" + label.slice(2)
                                                                            : label
    }

    function widest(lines: list<string>, size: real): real {
        return Math.max(size, ...lines.join(" ").split(/[ \n]/).map(word => metrics.advanceWidth(word)))
    }

    // How many lines a label takes up.
    function linesOf(label: string, room: real, size: real): int {
        let lines = 1, taken = 0
        for (const word of label.split(/([ \n])/)) {
            const wide = metrics.advanceWidth(word) * size / metrics.font.pixelSize
            if (word === "\n" || taken > 0 && word !== " " && taken + wide > room) {
                lines += 1
                taken = word === "\n" ? 0 : wide
            } else {
                taken += wide
            }
        }
        return lines
    }

    FontMetrics {
        id: metrics
        font.pixelSize: Theme.label
        font.bold: true
    }
    Item {
        // The upper part of a tall machine: nothing to press, so it is the place for who and what.
        width: page.width
        height: page.upright ? page.horizon : strip.y + strip.height
        Horizon {
            visible: page.upright && parent.height > strip.height + Theme.u(50)
        }
        VisitStrip {
            id: strip
            visible: !page.upright || question.y > height + Theme.u(4)
            screen: page.screen
            brief: page.upright && question.y < strip.least + Theme.u(5)
            tight: page.upright && question.y < strip.wanted + Theme.u(5)
            x: Theme.margin
            y: page.upright ? Math.max(Theme.u(3), Math.min(Theme.u(26), (parent.height - height) / 3)) : Theme.u(3)
            width: page.inner
            taken: page.taken > 0 && visible ? page.taken + (!page.upright && phoneText.visible ? phoneText.width + Theme.u(6) : Theme.u(4)) : 0
        }
    }
    Item {
        id: question
        x: Theme.margin
        y: page.upright ? tiles.y - height - Theme.u(2)
                        : Math.max(strip.y + strip.height + Theme.u(1), page.bandTop)
        width: page.inner - (page.upright || page.taken === 0 ? 0 : page.taken + Theme.u(4))
        height: page.upright ? asked.height + Theme.target + Theme.u(1) : Theme.target

        Words {
            id: asked
            anchors.verticalCenter: page.upright ? undefined : parent.verticalCenter
            width: page.upright ? parent.width : Math.min(Math.ceil(implicitWidth) + 1, parent.width - Theme.u(58))
            text: page.words["inviting.title"]
            font.pixelSize: Theme.title
            font.bold: true
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.leastType
            wrapMode: Text.NoWrap
        }
        PrivacyNote {
            screen: page.screen
            label: page.words["inviting.privacy"]
            x: page.upright ? 0 : asked.width + Theme.u(5)
            y: page.upright ? asked.height + Theme.u(1) : 0
            width: Math.min(implicitWidth, parent.width - x)
            height: Theme.target
        }
    }
    PhoneCode {
        id: phone
        screen: page.screen
        ease: page.upright ? 0.75 : 0.6
        room: page.upright ? Theme.u(31) : question.y + question.height - Theme.u(1.5)
        x: page.width - Theme.margin - width - (page.upright ? Theme.u(5) : 0)
        y: !page.upright ? Theme.u(1.5) + Math.round((room - height) / 2)
           : strip.visible ? strip.y + Math.round((strip.height - height - (phoneText.visible ? phoneText.height : 0)) / 2)
           : Math.max(Theme.u(2), (question.y - height) / 2)
    }
    Words {
        id: phoneText
        visible: phone.fits && (page.upright ? strip.visible && strip.height > phone.height + Theme.type(4.2) * 3.2 : !Theme.large && phone.x - Theme.margin > Theme.u(168))
        x: page.upright ? phone.x - Theme.u(2) : phone.x - width - Theme.u(3)
        y: page.upright ? phone.y + phone.height + Theme.u(1) : strip.y + Math.max(0, (strip.height - height) / 2)
        width: page.upright ? phone.width + Theme.u(4) : Theme.u(24)
        horizontalAlignment: page.upright ? Text.AlignHCenter : Text.AlignRight
        text: page.words["phone.offer"]
        Accessible.ignored: true // the code beside it has the same name
        font.pixelSize: Theme.type(4.2)
        color: Theme.soft
    }
    Grid {
        id: tiles
        x: Theme.margin
        y: page.upright ? page.tilesEnd - 5 * page.tileHeight - 4 * page.gap
                        : question.y + question.height + page.clear
        columns: page.upright ? 1 : 5
        rowSpacing: page.gap
        columnSpacing: (page.inner - 5 * page.tileWidth) / 4
        Repeater {
            model: 5
            LevelTile {
                required property int index

                level: page.screen.levels[index]
                label: page.screen.levelLabels[index]
                written: page.lines[index]
                beside: page.screen.levelBeside[index]
                labelSize: page.labelSize
                faceSize: page.faceSize
                alone: page.alone
                width: page.tileWidth
                height: page.tileHeight
                onTapped: page.screen.tapLevelAt(level, spot.x, spot.y)
            }
        }
    }
    TimeBar {
        id: bar
        x: page.upright ? Theme.margin : Theme.at(Theme.margin, width, page.width)
        y: page.upright ? page.strip - Theme.u(4.6) : page.strip + Math.round((Theme.target - height) / 2)
        width: page.upright ? page.inner : page.inner - skip.width - Theme.u(6) - (onPhone.visible ? onPhone.width + Theme.gap : 0)
        deadline: page.screen.deadline
        remaining: page.screen.timeLeft
        total: page.screen.asking ? 0 : page.screen.timeTotal
    }
    PushButton {
        id: onPhone
        objectName: "on_phone"
        visible: page.screen.phoneOffered
        label: page.words["inviting.phone"]
        size: Theme.type(5.2)
        x: page.upright ? Theme.at(Theme.margin, width, page.width) : Theme.left ? skip.x + skip.width + Theme.gap : skip.x - width - Theme.gap
        y: page.strip
        width: skip.width
        height: Theme.target
        // The first touch brings the code, the second one the page on which it is large.
        onTapped: page.screen.phoneKey === "" ? page.screen.askForPhone() : page.screen.handToPhone()
    }
    PushButton {
        id: skip
        objectName: "skip"
        label: page.words["inviting.skip"]
        size: Theme.type(5.2)
        x: Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: page.upright ? Math.floor((page.inner - Theme.gap) / 2) : Math.max(implicitWidth, onPhone.visible ? onPhone.implicitWidth : 0, Theme.u(42))
        height: Theme.target
        onTapped: page.screen.skip()
    }
}
