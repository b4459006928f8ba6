pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// The reasons. Title and layout are the same for every level; which one was tapped stands small beside "choose again".
Page {
    id: page

    readonly property bool upright: Theme.portrait
    readonly property bool more: screen.more
    readonly property int count: screen.reasons.length
    readonly property int columns: upright && !more ? 1 : 2
    readonly property int rows: Math.ceil((count + (more ? 0 : 1)) / columns)
    readonly property real gap: Theme.u(2.6)
    readonly property real cell: Math.floor((width - 2 * Theme.margin - (columns - 1) * gap) / columns)
    readonly property real room: bar.y - Theme.u(4) - gridTop
    readonly property real gridTop: upright ? bar.y - Theme.u(4 + 4 * 20) - 3 * gap : again.y + again.height + Theme.u(4)
    readonly property real rowHeight: Math.max(Theme.least, Math.min(Theme.u(34), Math.floor((room - (rows - 1) * gap) / rows)))
    readonly property real half: Math.floor((width - 2 * Theme.margin - gap) / 2)

    VisitStrip {
        visible: page.upright
        brief: true
        screen: page.screen
        x: Theme.margin
        y: Theme.u(8)
        width: page.width - 2 * x
    }
    Column {
        x: Theme.margin
        y: page.upright ? Math.round(again.y - height - Theme.u(4)) : Math.round(again.y + (again.height - height) / 2)
        width: page.upright ? page.width - 2 * x : again.x - x - Theme.u(4)
        spacing: Theme.u(1)
        Words {
            width: parent.width
            text: page.words["explaining.title"]
            font.pixelSize: Theme.u(page.upright ? 8.4 : 7.4)
            font.bold: true
            lineHeight: 0.82
        }
        Words {
            width: parent.width
            text: page.words["explaining.text"]
            font.pixelSize: Theme.u(page.upright ? 5 : 4.2)
            color: Theme.soft
        }
    }
    PushButton {
        id: again
        objectName: "again"
        label: page.words["explaining.again"]
        icon: page.screen.level ? Theme.art("faces", page.screen.level) : ""
        x: page.upright ? Theme.margin : page.width - width - Theme.margin
        y: page.upright ? page.gridTop - height - Theme.u(5) : Theme.u(4.5)
        height: Theme.target
        Accessible.description: page.screen.levelLabel
        onTapped: page.screen.chooseAgain()
    }
    Grid {
        id: grid
        x: Theme.margin
        y: page.gridTop
        columns: page.columns
        spacing: page.gap
        Repeater {
            model: 8
            ReasonTile {
                required property int index

                objectName: "reason." + index
                visible: index < page.count
                label: page.screen.reasonLabels[index] ?? ""
                chosen: page.screen.reasonChosen[index] ?? false
                size: Theme.u(!page.more ? 5.8 : page.upright ? 4.6 : 5)
                width: page.cell
                height: page.rowHeight
                onTapped: page.screen.toggleReason(page.screen.reasons[index])
            }
        }
        PushButton {
            objectName: "more"
            visible: !page.more
            label: page.words["explaining.more"]
            width: page.cell
            height: page.rowHeight
            onTapped: page.screen.toggleMore()
        }
    }
    TimeBar {
        id: bar
        x: Theme.margin
        y: (page.upright ? comment.y : page.strip) - Theme.u(4.5)
        width: page.width - 2 * x
        deadline: page.screen.deadline
        remaining: page.screen.timeLeft
        total: page.screen.timeTotal
    }
    PushButton {
        id: comment
        objectName: "comment"
        label: page.screen.comment || page.words["explaining.comment"]
        size: Theme.u(5)
        icon: Theme.art("pictures", "pencil")
        x: Theme.margin
        y: page.upright ? page.strip - height - Theme.u(14) : page.strip
        width: page.upright ? page.half : Theme.u(50)
        onTapped: page.screen.openPanel("comment")
    }
    PushButton {
        objectName: "contact"
        label: page.screen.contactMasked || page.words["explaining.contact"]
        size: Theme.u(5)
        icon: Theme.art("pictures", "call")
        x: comment.x + comment.width + page.gap
        y: comment.y
        width: comment.width
        onTapped: page.screen.openPanel("contact")
    }
    Words {
        anchors.right: page.upright ? undefined : submit.left
        anchors.rightMargin: Theme.u(3.5)
        x: Theme.margin
        y: page.upright ? comment.y + comment.height + (page.strip - comment.y - comment.height - height) / 2
                        : page.strip + (Theme.target - height) / 2
        width: page.upright ? page.width - 2 * x : submit.x - comment.x - 2 * comment.width - page.gap - Theme.u(7)
        horizontalAlignment: page.upright ? Text.AlignLeft : Text.AlignRight
        text: page.screen.hint
        font.pixelSize: Theme.u(page.upright ? 4.8 : 4)
        font.bold: true
        color: Theme.accent
        Accessible.role: Accessible.AlertMessage
    }
    PushButton {
        id: submit
        objectName: "submit"
        primary: true
        size: Theme.label
        label: page.screen.busy ? page.words["explaining.busy"] : page.words["explaining.submit"]
        x: page.upright ? Theme.margin + Theme.u(44) : page.width - width - Theme.margin
        y: page.strip
        width: page.upright ? page.width - x - Theme.margin : Theme.u(48)
        height: Theme.target
        onTapped: page.screen.submit()
    }
}
