import QtQuick
import Kiosk.Parts

// The same for every level: thanks, and the receipt.
Page {
    id: page

    Skyline {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.u(Theme.portrait ? 60 : 34)
    }
    Column {
        id: text
        x: Theme.portrait ? Theme.margin : Theme.u(20)
        y: Theme.portrait ? Theme.u(20) : (page.strip - height) / 2
        width: Theme.portrait ? page.width - 2 * x : Theme.u(106)
        spacing: Theme.u(2)
        Words {
            width: parent.width
            text: page.words["thanks.title"]
            font.pixelSize: Theme.u(15)
            font.bold: true
        }
        Words {
            width: parent.width
            text: page.words["thanks.text"]
            font.pixelSize: Theme.label
        }
        Item {
            width: 1
            height: Theme.u(4)
        }
        Words {
            width: parent.width
            text: page.words["thanks.receipt"]
            color: Theme.soft
        }
        Words {
            objectName: "receipt"
            width: parent.width
            text: page.screen.receipt
            font.pixelSize: Theme.u(10.4)
            font.bold: true
            font.letterSpacing: Theme.u(0.7)
            fontSizeMode: Text.HorizontalFit
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            text: page.words["thanks.use"] + "\n" + page.words["thanks.blind"]
            font.pixelSize: Theme.u(4.4)
            lineHeight: 1.3
            color: Theme.soft
        }
    }
    Panel {
        id: paper
        visible: page.screen.receiptKey !== ""
        width: Theme.u(56)
        height: width
        x: Theme.portrait ? (page.width - width) / 2 : page.width - width - Theme.u(20)
        y: Theme.portrait ? text.y + text.height + Theme.u(12) : text.y + (text.height - height) / 2
        Image {
            anchors.fill: parent
            anchors.margins: Theme.u(3)
            source: page.screen.receiptKey ? "image://kiosk/qr/" + page.screen.receiptKey : ""
            cache: false
            smooth: false
            fillMode: Image.PreserveAspectFit
        }
    }
    TimeBar {
        x: Theme.margin
        y: Theme.portrait ? page.strip - Theme.u(7) : page.strip + (Theme.target - height) / 2
        width: Theme.portrait ? page.width - 2 * x : done.x - x - Theme.u(6)
        deadline: page.screen.deadline
        remaining: page.screen.timeLeft
        total: page.screen.timeTotal
    }
    PushButton {
        id: done
        objectName: "leave"
        primary: true
        label: page.words["thanks.done"]
        x: Theme.portrait ? Theme.margin + Theme.u(44) : page.width - width - Theme.margin
        y: page.strip
        width: Theme.portrait ? page.width - x - Theme.margin : Math.max(implicitWidth, Theme.u(38))
        height: Theme.target
        onTapped: page.screen.leave()
    }
}
