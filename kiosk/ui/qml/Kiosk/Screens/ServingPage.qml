import QtQuick
import Kiosk.Parts

// A visit runs: who serves, what is being done, and a quiet way to rate of one's own accord.
Page {
    id: page

    Skyline {}
    StaffCard {
        id: card
        screen: page.screen
        x: Theme.margin
        y: Theme.margin
        width: Theme.portrait ? page.width - 2 * x : Theme.u(70)
        height: Theme.portrait ? Theme.u(72) : page.height - 2 * y
    }
    Column {
        x: Theme.portrait ? Theme.margin : card.x + card.width + Theme.u(11)
        y: Theme.portrait ? card.y + card.height + Theme.u(16) : Theme.u(14)
        width: page.width - x - Theme.margin
        spacing: Theme.u(4)

        Words {
            width: parent.width
            text: page.words["serving.label"]
            font.pixelSize: Theme.u(5.6)
            color: Theme.soft
        }
        Words {
            width: parent.width
            text: page.screen.matter
            font.pixelSize: Theme.u(9.6)
            font.bold: true
            lineHeight: 0.82
            maximumLineCount: 3
            elide: Text.ElideRight
        }
        Words {
            width: parent.width
            text: page.screen.caseNumber
            font.pixelSize: Theme.u(5.6)
            color: Theme.soft
        }
        Item {
            width: 1
            height: Theme.u(Theme.portrait ? 8 : 3)
        }
        Rectangle {
            width: Theme.u(14)
            height: Theme.u(0.8)
            radius: height / 2
            color: Theme.accent
        }
        Words {
            width: parent.width
            text: page.words["serving.text"]
            color: Theme.soft
        }
    }
    PushButton {
        id: rate
        objectName: "rate_now"
        label: page.words["serving.rate"]
        x: Theme.portrait ? Theme.margin + Theme.u(44) : page.width - width - Theme.margin
        y: page.strip
        width: Theme.portrait ? page.width - x - Theme.margin : Math.max(implicitWidth, Theme.u(38))
        height: Theme.target
        onTapped: page.screen.askToRate()
    }
}
