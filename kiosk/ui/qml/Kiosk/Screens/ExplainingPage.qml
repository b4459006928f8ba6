import QtQuick
import Kiosk.Parts

// The reasons. Title and layout are the same for every level; which one was tapped stands small beside "choose again".
Page {
    id: page

    readonly property bool upright: Theme.portrait
    readonly property real inner: width - 2 * Theme.margin
    readonly property real gap: Theme.gap
    readonly property real third: Math.floor((inner - 3 * gap) / 4)
    readonly property real half: Math.floor((inner - gap) / 2)
    readonly property real fieldEnd: upright ? comment.y - gap : page.strip - Theme.u(3.4)
    // Upright, the field hangs above the buttons and what stands over it moves down with it.
    readonly property real fieldStart: upright ? Math.max(bandTop + Theme.target + gap, fieldEnd - Theme.u(106))
                                               : Math.max(again.y + again.height, head.y + head.height) + Theme.u(3)

    Item {
        width: page.width
        height: page.upright ? page.horizon : head.y - Theme.u(3)
        Horizon {
            visible: page.upright && parent.height > strip.height + Theme.u(50)
        }
        VisitStrip {
            id: strip
            brief: page.upright
            screen: page.screen
            visible: parent.height > height
            x: Theme.margin
            y: Math.max(0, Math.min(Theme.u(page.upright ? 26 : 4), (parent.height - height) / 3))
            width: page.inner
        }
    }
    Column {
        id: head
        x: page.upright || !Theme.left ? Theme.margin : again.x + again.width + Theme.u(5)
        y: page.upright ? again.y - height - Theme.u(3.2)
            : again.y + Math.round(height < again.height ? (again.height - height) / 2
                                                         : Theme.banded ? again.height - height : 0)
        width: page.upright ? page.inner : page.inner - again.width - Theme.u(5)
        spacing: Theme.u(0.4)
        Words {
            width: parent.width
            text: page.words["explaining.title"]
            font.pixelSize: Theme.type(page.upright ? 8.6 : Theme.large ? 6.2 : 7)
            font.bold: true
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.leastType
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            text: page.words["explaining.text"]
            font.pixelSize: page.upright ? Theme.type(4.6) : Theme.small
            color: Theme.soft
        }
    }
    PushButton {
        id: again
        objectName: "again"
        label: page.words["explaining.again"]
        icon: page.screen.level ? Theme.art("faces", page.screen.level) : ""
        signSize: Theme.u(8)
        size: Theme.type(5)
        x: page.upright ? Theme.at(Theme.margin, width, page.width)
                        : Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.upright ? field.y - height - page.gap : Math.max(Theme.u(3), page.bandTop)
        height: Theme.target
        Accessible.description: page.screen.levelLabel
        onTapped: page.screen.chooseAgain()
    }
    ReasonField {
        id: field
        screen: page.screen
        columns: page.upright || Theme.large ? 2 : 3
        tallest: Theme.u(22)
        x: Theme.margin
        y: page.upright ? Math.max(page.fieldStart, page.fieldEnd - used) : page.fieldStart
        width: page.inner
        height: page.fieldEnd - page.fieldStart
    }
    PushButton {
        id: comment
        objectName: "comment"
        label: page.screen.comment.trim() ? page.words["explaining.written"] : page.words["explaining.comment"]
        size: Theme.type(5)
        icon: Theme.art("pictures", page.screen.comment.trim() ? "written" : "pencil")
        x: page.upright ? Theme.margin : Theme.at(Theme.margin, width, page.width)
        y: page.upright ? page.strip - height - Theme.u(9) : page.strip
        width: page.upright ? page.half : page.third
        height: Theme.target
        onTapped: page.screen.openPanel("comment")
    }
    PushButton {
        id: contact
        objectName: "contact"
        visible: page.screen.contactOffered
        label: page.screen.contactMasked || page.words["explaining.contact"]
        size: Theme.type(5)
        icon: Theme.art("pictures", "call")
        x: page.upright ? comment.x + comment.width + page.gap
                        : Theme.at(Theme.margin + page.third + page.gap, width, page.width)
        y: comment.y
        width: comment.width
        height: Theme.target
        onTapped: page.screen.openPanel("contact")
    }
    Item {
        id: word
        // Beside the button that was pressed too early: what is still missing. Otherwise the time left.
        readonly property real taken: (contact.visible ? 2 : 1) * (page.third + page.gap)

        x: page.upright ? Theme.margin : Theme.left ? Theme.margin + submit.width + page.gap : Theme.margin + taken
        y: page.upright ? comment.y + comment.height : page.strip
        width: page.upright ? page.inner : page.inner - taken - submit.width - page.gap
        height: page.upright ? page.strip - y : Theme.target

        TimeBar {
            anchors.bottom: page.upright ? undefined : parent.bottom
            anchors.bottomMargin: Math.round((Theme.target - height) / (hint.visible ? 8 : 2))
            y: Math.round((parent.height - height) / 2)
            visible: !page.upright || !hint.visible
            width: parent.width
            deadline: page.screen.deadline
            remaining: page.screen.timeLeft
            total: page.screen.asking ? 0 : page.screen.timeTotal
        }
        Words {
            id: hint
            visible: text !== ""
            width: parent.width
            height: page.upright ? parent.height : Theme.target - Theme.u(3)
            verticalAlignment: Text.AlignVCenter
            horizontalAlignment: Text.AlignHCenter
            text: page.screen.hint
            font.pixelSize: page.upright ? Theme.type(4.6) : Theme.small
            font.bold: true
            fontSizeMode: Text.Fit
            minimumPixelSize: Theme.leastType
            color: Theme.accent
            Accessible.role: Accessible.AlertMessage
        }
    }
    PushButton {
        id: submit
        objectName: "submit"
        primary: true
        size: Theme.label
        label: page.screen.busy ? page.words["explaining.busy"] : page.words["explaining.submit"]
        x: page.upright ? Theme.margin : Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: page.upright ? page.inner : page.third
        height: Theme.target
        onTapped: page.screen.submit()
    }
}
