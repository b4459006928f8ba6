pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// The reasons. Title and layout are the same for every level; which one was tapped stands small beside "choose again".
Page {
    id: page

    readonly property int columns: Theme.portrait ? 1 : 2
    readonly property int count: screen.reasons.length
    readonly property int rows: Math.ceil((count + (screen.more ? 0 : 1)) / columns)
    readonly property real gap: Theme.u(Theme.portrait ? 3 : 2.6)
    readonly property real cell: (width - 2 * Theme.margin - (columns - 1) * gap) / columns
    readonly property real rowHeight: Math.max(Theme.least, Math.min(Theme.u(Theme.portrait ? 18 : 27),
        Math.floor((bar.y - Theme.u(4) - grid.y - (rows - 1) * gap) / rows)))

    PushButton {
        id: again
        objectName: "again"
        label: page.words["explaining.again"]
        icon: page.screen.level ? Theme.assets + "faces/" + page.screen.level + ".svg" : ""
        x: page.width - width - Theme.margin
        y: Theme.u(4.5)
        height: Theme.target
        Accessible.description: page.screen.levelLabel
        onTapped: page.screen.chooseAgain()
    }
    Column {
        x: Theme.margin
        anchors.verticalCenter: again.verticalCenter
        width: again.x - x - Theme.u(4)
        spacing: Theme.u(1.2)
        Words {
            width: parent.width
            text: page.words["explaining.title"]
            font.pixelSize: Theme.u(7.4)
            font.bold: true
        }
        Words {
            width: parent.width
            text: page.screen.hint || page.words["explaining.text"]
            font.pixelSize: Theme.small
            color: Theme.soft
        }
    }
    Grid {
        id: grid
        x: Theme.margin
        y: again.y + again.height + Theme.u(4)
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
                size: Theme.u(page.screen.more && !Theme.portrait ? 5 : 5.8)
                width: page.cell
                height: page.rowHeight
                onTapped: page.screen.toggleReason(page.screen.reasons[index])
            }
        }
        PushButton {
            objectName: "more"
            visible: !page.screen.more
            label: page.words["explaining.more"]
            width: page.cell
            height: page.rowHeight
            onTapped: page.screen.toggleMore()
        }
    }
    PushButton {
        id: comment
        objectName: "comment"
        label: page.words["explaining.comment"]
        x: Theme.margin
        y: page.strip
        width: Theme.u(48)
        onTapped: page.screen.openPanel("comment")
    }
    PushButton {
        id: contact
        objectName: "contact"
        label: page.words["explaining.contact"]
        x: comment.x + comment.width + page.gap
        y: page.strip
        width: Theme.u(48)
        onTapped: page.screen.openPanel("contact")
    }
    TimeBar {
        id: bar
        x: Theme.margin
        y: page.strip - Theme.u(4.5)
        width: page.width - 2 * x
        deadline: page.screen.deadline
        remaining: page.screen.timeLeft
        total: page.screen.timeTotal
    }
    PushButton {
        objectName: "submit"
        primary: true
        size: Theme.label
        label: page.screen.busy ? page.words["explaining.busy"] : page.words["explaining.submit"]
        x: page.width - width - Theme.margin
        y: page.strip
        width: Theme.u(60)
        height: Theme.target
        onTapped: page.screen.submit()
    }
}
