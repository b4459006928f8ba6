import QtQuick
import Kiosk.Parts

// The same for every level: thanks, and the receipt as a slip of paper, large enough to photograph.
Page {
    id: page

    readonly property bool upright: Theme.portrait
    readonly property real inner: width - 2 * Theme.margin
    readonly property real high: page.strip - Theme.u(upright ? 8 : 3)
    readonly property bool pictured: screen.receiptKey !== ""

    Skyline {}
    Column {
        id: thanks
        x: Theme.margin
        y: !page.upright ? Theme.u(5)
                         : Math.max(Theme.u(6), Math.round((page.high - height - slip.height - Theme.u(10)) / 2.4))
        width: page.inner
        spacing: Theme.u(0.6)
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.words["thanks.title"]
            font.pixelSize: Theme.type(page.upright ? 14 : Theme.large ? 9 : 11)
            font.bold: true
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: page.words["thanks.text"]
            font.pixelSize: Theme.type(page.upright ? 6 : 5.6)
        }
    }
    Panel {
        id: slip
        width: page.upright ? page.inner : Math.min(page.inner, Theme.u(186))
        height: page.upright ? code.y + code.height + Theme.u(10)
                             : Math.min(Theme.u(64), page.high - thanks.y - thanks.height - Theme.u(4.6))
        x: Math.round((page.width - width) / 2)
        y: page.upright ? thanks.y + thanks.height + Theme.u(10)
                        : thanks.y + thanks.height + Math.round((page.high - thanks.y - thanks.height - height) * 0.66)

        Image {
            id: picture
            x: page.upright ? (slip.width - width) / 2 : slip.width - width - Theme.u(4)
            y: page.upright ? Theme.u(7) : Math.round((slip.height - height) / 2)
            width: page.upright ? Theme.u(66) : slip.height - Theme.u(6)
            height: page.pictured ? width : 0
            sourceSize: Qt.size(width, width)
            source: page.pictured ? "image://kiosk/qr/" + page.screen.receiptKey : ""
            cache: false
            fillMode: Image.Pad
            smooth: false
        }
        Column {
            id: code
            x: Theme.u(page.upright ? 5 : 9)
            y: page.upright ? picture.y + picture.height + Theme.u(4) : Math.round((slip.height - height) / 2)
            width: page.upright ? slip.width - 2 * x : picture.x - x - Theme.u(5)
            spacing: Theme.u(1)

            readonly property int side: page.upright ? Text.AlignHCenter : Text.AlignLeft

            Words {
                width: parent.width
                horizontalAlignment: code.side
                text: page.words["thanks.receipt"]
                color: Theme.soft
                visible: page.upright || !Theme.large
            }
            Words {
                objectName: "receipt"
                width: parent.width
                horizontalAlignment: code.side
                text: page.screen.receipt
                font.pixelSize: Theme.type(page.upright ? 12 : 11.5)
                font.bold: true
                font.letterSpacing: Theme.u(0.7)
                height: Math.round(Theme.type(12) * 1.3) // however wide the letters of this one are
                verticalAlignment: Text.AlignVCenter
                fontSizeMode: Text.HorizontalFit
                minimumPixelSize: Theme.leastType
                wrapMode: Text.NoWrap
            }
            Words {
                width: parent.width
                horizontalAlignment: code.side
                text: page.words["thanks.use"]
                font.pixelSize: page.upright ? Theme.type(4.6) : Theme.small
                color: Theme.soft
            }
            Words {
                width: parent.width
                horizontalAlignment: code.side
                text: page.words["thanks.blind"]
                font.pixelSize: page.upright ? Theme.type(4.6) : Theme.small
                color: Theme.soft
            }
        }
    }
    TimeBar {
        x: page.upright ? Theme.margin : Theme.at(Theme.margin, width, page.width)
        y: page.upright ? page.strip - Theme.u(4.6) : page.strip + Math.round((Theme.target - height) / 2)
        width: page.upright ? page.inner : page.inner - done.width - Theme.u(6)
        deadline: page.screen.deadline
        remaining: page.screen.timeLeft
        total: page.screen.asking ? 0 : page.screen.timeTotal
    }
    PushButton {
        id: done
        objectName: "leave"
        primary: true
        size: Theme.label
        label: page.words["thanks.done"]
        x: page.upright ? Theme.margin : Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: page.upright ? page.inner : Math.max(implicitWidth, Theme.u(42))
        height: Theme.target
        onTapped: page.screen.leave()
    }
}
