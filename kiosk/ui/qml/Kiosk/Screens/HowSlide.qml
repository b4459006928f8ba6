pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// How to rate, in three pictures: side by side in landscape, one below the other in portrait.
Item {
    id: slide

    required property var words

    readonly property bool upright: Theme.portrait
    readonly property real gap: Theme.u(upright ? 6 : 8)
    readonly property real upper: title.height + Theme.u(upright ? 8 : 5)
    readonly property real cell: upright ? (height - upper - note.height - 3 * gap) / 3 : (width - 2 * gap) / 3
    readonly property real caption: Math.ceil(Theme.label * ([1, 2, 3].some(step => words["attract.how." + step].length > 10) ? 2.5 : 1.6))
    readonly property real tall: upright ? cell : height - upper - caption - Theme.u(6) - (note.visible ? note.height : 0)
    readonly property real picture: Math.max(1, Math.min(upright ? width * 0.52 : cell, tall * 4 / 3))

    Words {
        id: title
        width: parent.width
        text: slide.words["attract.how"]
        horizontalAlignment: slide.upright ? Text.AlignLeft : Text.AlignHCenter
        font.pixelSize: slide.upright ? Theme.display : Theme.title
        font.bold: true
    }
    Repeater {
        model: ["how-serve", "how-tap", "how-receipt"]
        Item {
            id: one

            required property int index
            required property string modelData

            x: slide.upright ? 0 : index * (slide.cell + slide.gap)
            y: slide.upper + (slide.upright ? index * (slide.cell + slide.gap) : Math.max(0, (slide.tall - slide.picture * 3 / 4) / 2))
            width: slide.upright ? slide.width : slide.cell
            height: slide.upright ? slide.cell : shown.height + slide.caption + Theme.u(3)

            Image {
                id: shown
                x: slide.upright ? 0 : (parent.width - width) / 2
                y: slide.upright ? (parent.height - height) / 2 : 0
                source: Theme.art("pictures", one.modelData)
                sourceSize: Qt.size(slide.picture, slide.picture * 3 / 4)
            }
            Words {
                id: number
                x: slide.upright ? shown.width + Theme.u(8) : Math.max(0, (parent.width - width - line.contentWidth - Theme.u(2.6)) / 2)
                y: line.y
                height: line.height
                verticalAlignment: Text.AlignVCenter
                text: one.index + 1
                color: Theme.accent
                font.pixelSize: Theme.title
                font.bold: true
            }
            Words {
                id: line
                x: number.x + number.width + Theme.u(2.6)
                y: slide.upright ? (parent.height - height) / 2 : shown.height + Theme.u(3)
                width: slide.upright ? parent.width - x : parent.width - number.width - Theme.u(2.6)
                height: slide.upright ? Math.ceil(Theme.label * 3) : slide.caption
                verticalAlignment: Text.AlignVCenter
                text: slide.words["attract.how." + (one.index + 1)]
                font.pixelSize: Theme.large && !slide.upright ? Theme.body : Theme.label
                font.bold: true
                fontSizeMode: Text.Fit
                minimumPixelSize: Math.ceil(Theme.leastType)
            }
        }
    }
    Words {
        id: note
        visible: slide.upright || slide.height - slide.upper - slide.caption - height > Theme.u(15)
        width: parent.width
        y: parent.height - height
        horizontalAlignment: slide.upright ? Text.AlignLeft : Text.AlignHCenter
        text: slide.words["attract.how.note"]
        color: Theme.soft
    }
}
