import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Who serves here: the window on a band of the accent, below it the clerk. Upright in landscape, lying in portrait.
Panel {
    id: card

    required property ScreenModel screen

    readonly property bool lying: Theme.portrait
    readonly property real band: Theme.u(lying ? 24 : 22)

    Rectangle {
        x: Theme.hair
        y: Theme.hair
        width: parent.width - 2 * Theme.hair
        height: card.band
        topLeftRadius: card.radius
        topRightRadius: card.radius
        color: Theme.accent

        Words {
            id: number
            x: Theme.u(6)
            anchors.verticalCenter: parent.verticalCenter
            text: card.screen.windowNumber
            color: Theme.accentInk
            font.pixelSize: Theme.u(11)
            font.bold: true
            wrapMode: Text.NoWrap
        }
        Column {
            anchors.left: number.right
            anchors.leftMargin: Theme.u(4)
            anchors.right: parent.right
            anchors.rightMargin: Theme.u(4)
            anchors.verticalCenter: parent.verticalCenter
            Words {
                width: parent.width
                text: card.screen.words["window.unit"]
                color: Theme.accentInkSoft
                font.pixelSize: Theme.small
                elide: Text.ElideRight
                wrapMode: Text.NoWrap
            }
            Words {
                width: parent.width
                text: card.screen.windowName
                color: Theme.accentInk
                font.pixelSize: Theme.u(4.8)
                font.bold: true
                maximumLineCount: 2
                elide: Text.ElideRight
            }
        }
    }
    Item {
        id: body
        y: card.band
        width: parent.width
        height: parent.height - y

        StaffPhoto {
            id: photo
            key: card.screen.photoKey
            height: card.lying ? Theme.u(36) : Math.min(Theme.u(40), body.height - names.height - Theme.u(13))
            x: card.lying ? Theme.u(7) : (parent.width - width) / 2
            y: card.lying ? (parent.height - height) / 2 : Theme.u(5)
        }
        Column {
            id: names
            x: card.lying ? photo.x + photo.width + Theme.u(7) : Theme.u(4)
            y: card.lying ? (parent.height - height) / 2 : photo.y + photo.height + Theme.u(3.5)
            width: card.lying ? parent.width - x - Theme.u(5) : parent.width - 2 * x
            spacing: Theme.u(1)

            Words {
                width: parent.width
                horizontalAlignment: card.lying ? Text.AlignLeft : Text.AlignHCenter
                text: card.screen.staffName || card.screen.words["staff.none"]
                font.pixelSize: Theme.u(8)
                font.bold: true
                elide: Text.ElideRight
                wrapMode: Text.NoWrap
            }
            Words {
                width: parent.width
                horizontalAlignment: card.lying ? Text.AlignLeft : Text.AlignHCenter
                text: card.screen.staffNumber
                color: Theme.soft
                visible: text !== ""
            }
            Words {
                width: parent.width
                horizontalAlignment: card.lying ? Text.AlignLeft : Text.AlignHCenter
                text: card.screen.partyMember
                      ? [card.screen.staffPost, card.screen.words["staff.party"]].filter(one => one !== "").join(" · ")
                      : card.screen.staffPost
                font.pixelSize: Theme.small
                color: Theme.soft
                maximumLineCount: 2
                elide: Text.ElideRight
                visible: text !== ""
            }
        }
    }
}
