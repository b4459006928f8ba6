import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Who serves here: the window on a band of the accent, below it the clerk. Upright in landscape, lying in portrait.
Panel {
    id: card

    required property ScreenModel screen

    readonly property bool lying: Theme.portrait
    readonly property int side: lying ? Text.AlignLeft : Text.AlignHCenter

    implicitHeight: band.height + Math.max(Theme.u(54), names.height + Theme.u(14))

    Rectangle {
        id: band
        x: Theme.hair
        y: Theme.hair
        width: parent.width - 2 * Theme.hair
        height: Math.max(Theme.u(card.lying ? 24 : 20), number.height + Theme.u(4))
        topLeftRadius: card.radius
        topRightRadius: card.radius
        color: Theme.accent

        Words {
            id: number
            x: Theme.u(card.lying ? 7 : 5)
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, parent.width / 2)
            text: card.screen.windowNumber
            color: Theme.accentInk
            font.pixelSize: Theme.type(11)
            font.bold: true
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.ceil(Theme.leastType)
            wrapMode: Text.NoWrap
        }
        Words {
            id: unit
            x: number.x + number.width + Theme.u(4)
            y: Math.round((parent.height - height - name.contentHeight) / 2)
            width: parent.width - x - Theme.u(4)
            text: card.screen.words["window.unit"]
            color: Theme.accentInkSoft
            font.pixelSize: Theme.small
            elide: Text.ElideRight
            wrapMode: Text.NoWrap
        }
        Words {
            id: name
            x: unit.x
            y: unit.y + unit.height
            width: unit.width
            height: parent.height - unit.height - Theme.u(3)
            text: card.screen.windowName
            color: Theme.accentInk
            font.pixelSize: Theme.type(4.8)
            font.bold: true
            fontSizeMode: Text.Fit
            minimumPixelSize: Math.ceil(Theme.leastType)
            elide: Text.ElideRight
        }
    }
    Item {
        id: body
        y: band.height
        width: parent.width
        height: parent.height - y

        readonly property real tall: card.lying ? height - 2 * Theme.u(6) : height - names.height - Theme.u(10)

        StaffPhoto {
            id: photo
            key: card.screen.photoKey
            height: Math.max(Theme.u(12), Math.min(Theme.u(card.lying ? 40 : 46), body.tall))
            x: card.lying ? Theme.u(7) : (parent.width - width) / 2
            y: card.lying ? (parent.height - height) / 2
                          : Math.round((parent.height - height - names.height - Theme.u(3.5)) / 2)
        }
        Column {
            id: names
            x: card.lying ? photo.x + photo.width + Theme.u(7) : Theme.u(4)
            y: card.lying ? (parent.height - height) / 2 : photo.y + photo.height + Theme.u(3.5)
            width: parent.width - x - Theme.u(4)
            spacing: Theme.u(card.lying ? 1.4 : 0.8)

            Words {
                width: parent.width
                horizontalAlignment: card.side
                text: card.screen.staffName || card.screen.words["staff.none"]
                font.pixelSize: Theme.type(8)
                font.bold: true
                elide: Text.ElideRight
                wrapMode: Text.NoWrap
            }
            Words {
                width: parent.width
                horizontalAlignment: card.side
                text: [card.screen.staffNumber, card.screen.staffPost].filter(one => one !== "").join(" · ")
                font.pixelSize: Theme.small
                color: Theme.soft
                maximumLineCount: 2
                elide: Text.ElideRight
                visible: text !== ""
            }
            Words {
                width: parent.width
                horizontalAlignment: card.side
                text: card.screen.words["staff.glad"]
                visible: card.screen.staffName !== "" && (card.lying || !Theme.large)
            }
            Item {
                width: parent.width
                height: badge.height + Theme.u(1)
                visible: card.screen.partyMember
                Badge {
                    id: badge
                    x: card.lying ? 0 : (parent.width - width) / 2
                    y: Theme.u(1)
                    text: card.screen.words["staff.party"]
                }
            }
        }
    }
}
