import QtQuick
import Kiosk.Parts

// A visit runs: who serves, what is being done, and a quiet way to rate of one's own accord.
Page {
    id: page

    readonly property bool upright: Theme.portrait

    Skyline {}
    StaffCard {
        id: card
        screen: page.screen
        x: page.upright ? Theme.margin : Theme.at(Theme.margin, width, page.width)
        y: Theme.u(page.upright ? 8 : 6)
        width: page.upright ? page.width - 2 * x : Theme.u(68)
        height: page.upright ? implicitHeight : page.height - y - (Theme.banded ? Theme.u(3.6) : Theme.foot)
    }
    Column {
        id: what
        x: page.upright ? Theme.margin : Theme.at(Theme.margin + card.width + Theme.u(10), width, page.width)
        y: page.upright ? card.y + card.height + Math.max(Theme.u(12), Math.round((rate.y - card.y - card.height - height) / 3)) : Math.max(Theme.u(6), Math.round((rate.y - height) / 2))
        width: page.width - 2 * Theme.margin - (page.upright ? 0 : card.width + Theme.u(10))
        spacing: Theme.u(3)

        Words {
            width: parent.width
            text: page.words["serving.label"]
            font.pixelSize: page.upright ? Theme.label : Theme.type(5.6)
            color: Theme.soft
        }
        Words {
            width: parent.width
            text: page.screen.matter
            font.pixelSize: page.upright ? Theme.type(11) : Theme.large ? Theme.label : Theme.title
            font.bold: true
            maximumLineCount: 3
            elide: Text.ElideRight
        }
        Words {
            width: parent.width
            text: page.screen.caseNumber
            font.pixelSize: page.upright ? Theme.label : Theme.type(5.6)
            color: Theme.soft
        }
        Item {
            visible: page.upright || !Theme.large
            width: 1
            height: Theme.u(page.upright ? 6 : 1)
        }
        Rectangle {
            visible: page.upright || !Theme.large
            width: Theme.u(14)
            height: Theme.u(0.8)
            radius: height / 2
            color: Theme.accent
        }
        Words {
            width: parent.width
            text: page.words["serving.text"]
            font.pixelSize: page.upright ? Theme.label : Theme.body
            color: Theme.soft
        }
    }
    PushButton {
        id: rate
        objectName: "rate_now"
        label: page.words["serving.rate"]
        x: page.upright ? Theme.margin : Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: page.upright ? page.width - 2 * x : Math.max(implicitWidth, Theme.u(52))
        height: Theme.target
        onTapped: page.screen.askToRate()
    }
}
