import QtQuick
import Kiosk.Model
import Kiosk.Parts

// What central says of an earlier rating: how far it has come, the hall's answer, what was added. Never what was chosen.
Item {
    id: desk

    required property ScreenModel screen

    readonly property var words: screen.words
    readonly property string headline: found ? screen.deskWithdrawn ? words["receipt.withdrawn"] : words["receipt.found"]
                                             : words["receipt." + screen.deskFound] ?? ""
    readonly property real tall: (paper.visible ? paper.y + paper.natural : column.height) + Theme.u(4)
    readonly property bool found: screen.deskFound === "found"

    Column {
        id: column
        width: parent.width
        spacing: Theme.u(Theme.portrait ? 6 : 3.4)
        Words {
            width: parent.width
            text: [desk.screen.deskCode ? desk.words["receipt.code"].replace("{code}", desk.screen.deskCode) : "",
                   desk.screen.deskReceived ? desk.words["receipt.at"].replace("{time}", desk.screen.deskReceived) : "",
                   desk.screen.deskAdded].filter(one => one !== "").join(Theme.portrait ? "\n" : "   ")
            lineHeight: Theme.portrait ? 1.1 : 0.9
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.ceil(Theme.leastType)
            wrapMode: Theme.portrait ? Text.Wrap : Text.NoWrap
            color: Theme.soft
        }
        Words {
            width: parent.width
            visible: !desk.found
            text: desk.found ? "" : desk.words["receipt." + desk.screen.deskFound + ".text"] ?? ""
            font.pixelSize: Theme.label
            lineHeight: 1
        }
        FollowUpSteps {
            visible: desk.found
            width: parent.width
            words: desk.words
            reached: ["received", "in_hand", "answered"].indexOf(desk.screen.deskFollowUp)
        }
        Panel {
            id: paper

            readonly property real type: Theme.type(5.8)
            readonly property real lines: Math.ceil(desk.screen.deskReply.length * type / (width - Theme.u(14)))
            readonly property real natural: above.height + Theme.u(9) + lines * type * 1.3

            visible: desk.screen.deskReply !== ""
            width: parent.width
            height: Math.min(natural, desk.height - y)
            color: Theme.ground
            Words {
                id: above
                x: Theme.u(5)
                y: Theme.u(3.5)
                text: desk.words["receipt.reply"]
                font.pixelSize: Theme.small
                color: Theme.soft
            }
            Words {
                id: reply
                objectName: "desk.reply"
                x: Theme.u(5)
                y: above.y + above.height + Theme.u(1.5)
                width: parent.width - 2 * x
                height: parent.height - y - Theme.u(3)
                text: desk.screen.deskReply
                font.pixelSize: paper.type
                lineHeight: 1
                fontSizeMode: Text.Fit
                minimumPixelSize: Math.ceil(Theme.leastType)
                elide: Text.ElideRight
            }
        }
    }
}
