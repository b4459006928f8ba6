import QtQuick
import Kiosk.Parts

// The same for every level: thanks, and the receipt.
Page {
    id: page

    readonly property bool upright: Theme.portrait
    readonly property int side: upright ? Text.AlignHCenter : Text.AlignLeft

    Skyline {}
    Column {
        id: text
        x: page.upright ? Theme.margin : Theme.u(20)
        y: page.upright ? Theme.u(22) : Math.round((page.strip - height) / 2)
        width: page.upright ? page.width - 2 * x : Theme.u(112)
        spacing: Theme.u(1.6)
        Words {
            width: parent.width
            horizontalAlignment: page.side
            text: page.words["thanks.title"]
            font.pixelSize: Theme.u(14)
            font.bold: true
        }
        Words {
            width: parent.width
            horizontalAlignment: page.side
            text: page.words["thanks.text"]
            font.pixelSize: Theme.label
        }
        Item {
            width: 1
            height: Theme.u(page.upright ? 12 : 5)
        }
        Words {
            width: parent.width
            horizontalAlignment: page.side
            text: page.words["thanks.receipt"]
            color: Theme.soft
        }
        Words {
            objectName: "receipt"
            width: parent.width
            horizontalAlignment: page.side
            text: page.screen.receipt
            font.pixelSize: Theme.u(11)
            font.bold: true
            font.letterSpacing: Theme.u(0.7)
            fontSizeMode: Text.HorizontalFit
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            horizontalAlignment: page.side
            text: page.words["thanks.use"] + "\n" + page.words["thanks.blind"]
            font.pixelSize: Theme.u(page.upright ? 5 : 4.4)
            lineHeight: 1
            color: Theme.soft
        }
    }
    Panel {
        visible: page.screen.receiptKey !== ""
        width: Theme.u(page.upright ? 66 : 58)
        height: width
        x: page.upright ? (page.width - width) / 2 : page.width - width - Theme.u(18)
        y: page.upright ? Math.round(text.y + text.height + Theme.u(12)) : text.y + Math.round((text.height - height) / 2)
        Image {
            anchors.fill: parent
            anchors.margins: Theme.u(2)
            sourceSize: Qt.size(width, height)
            source: page.screen.receiptKey ? "image://kiosk/qr/" + page.screen.receiptKey : ""
            cache: false
            fillMode: Image.Pad
        }
    }
    TimeBar {
        x: Theme.margin
        y: page.upright ? page.strip - Theme.u(7) : page.strip + (Theme.target - height) / 2
        width: page.upright ? page.width - 2 * x : done.x - x - Theme.u(6)
        deadline: page.screen.deadline
        remaining: page.screen.timeLeft
        total: page.screen.timeTotal
    }
    PushButton {
        id: done
        objectName: "leave"
        primary: true
        label: page.words["thanks.done"]
        x: page.upright ? Theme.margin + Theme.u(44) : page.width - width - Theme.margin
        y: page.strip
        width: page.upright ? page.width - x - Theme.margin : Math.max(implicitWidth, Theme.u(38))
        height: Theme.target
        onTapped: page.screen.leave()
    }
}
