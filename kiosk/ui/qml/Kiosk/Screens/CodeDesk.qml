pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The receipt's code is typed here: twelve places in three groups, and a keypad with the code's own alphabet.
Item {
    id: desk

    required property ScreenModel screen
    property bool banded: false

    readonly property bool upright: Theme.portrait
    readonly property real tall: places.height + Theme.u(upright ? 12 : 6) + rows * (upright ? Theme.u(17) : Theme.u(18)) + (rows - 1) * gap
    readonly property int columns: upright ? 8 : 11
    readonly property int rows: upright ? 4 : 3
    readonly property real gap: Math.max(Theme.u(2.2), Math.min(Theme.gap, 2.2 * Theme.mm))
    readonly property list<string> keys: upright || banded ? [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"]
                                                           : [..."0123456789", "erase", ..."ABCDEFGHJKMNPQRSTVWXYZ"]
    readonly property real keyWidth: (width - (columns - 1) * gap) / columns
    readonly property real keyHeight: Math.floor((height - pad.y - (rows - 1) * gap) / rows)
    readonly property real look: banded ? 0 : button.width + Theme.u(6)
    readonly property real place: Math.min(Theme.u(13), (width - look - 9 * Theme.u(1.2) - 2 * Theme.u(4)) / 12)

    Row {
        id: places
        objectName: "desk.code"
        y: Theme.u(desk.upright ? 3 : 0)
        x: desk.banded ? (parent.width - width) / 2 : Theme.at(0, width, parent.width)
        height: Math.max(desk.banded ? 0 : Theme.target, Theme.u(15))
        Accessible.role: Accessible.StaticText
        Accessible.name: desk.screen.deskTyped
        Accessible.ignored: desk.screen.deskTyped === ""
        Repeater {
            model: 12 // as receipts have
            Item {
                id: place

                required property int index

                width: desk.place + Theme.u(index % 4 === 3 && index < 11 ? 4 : index < 11 ? 1.2 : 0)
                height: places.height
                Rectangle {
                    width: desk.place
                    height: parent.height
                    radius: Theme.u(1.6)
                    color: Theme.ground
                    border.width: Theme.hair * (place.index === desk.screen.deskTyped.length ? 3 : 1)
                    border.color: place.index === desk.screen.deskTyped.length ? Theme.accent : Theme.edge
                    Words {
                        anchors.centerIn: parent
                        text: desk.screen.deskTyped[place.index] ?? ""
                        font.pixelSize: Math.min(Theme.type(8), parent.width * 0.85)
                        font.bold: true
                        lineHeight: 1
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
    PushButton {
        id: button
        objectName: "desk.look"
        visible: !desk.banded
        primary: true
        label: desk.screen.words["receipt.look"]
        x: Theme.at(parent.width - width, width, parent.width)
        y: places.y
        width: Math.max(implicitWidth, Theme.u(36))
        height: places.height
        onTapped: desk.screen.deskAsk()
    }
    Item {
        id: pad
        y: places.y + places.height + Theme.u(desk.upright ? 8 : 5)
        width: parent.width
        Repeater {
            model: desk.keys
            CodeKey {
                required property int index
                required property string modelData
                readonly property bool erase: modelData === "erase"
                readonly property int shift: desk.upright || !desk.banded || index < 10 ? 0 : 1

                objectName: erase ? "desk.erase" : "desk.key." + modelData
                label: erase ? desk.screen.words["receipt.erase"] : modelData
                picture: erase ? Theme.art("pictures", "erase") : ""
                x: ((index + shift) % desk.columns) * (desk.keyWidth + desk.gap)
                y: Math.floor((index + shift) / desk.columns) * (desk.keyHeight + desk.gap)
                width: desk.keyWidth
                height: desk.keyHeight
                onTapped: erase ? desk.screen.deskErase() : desk.screen.deskType(modelData)
            }
        }
    }
}
