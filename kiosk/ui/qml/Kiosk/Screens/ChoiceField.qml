pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// Things to choose from, in a grid of large tiles; what does not fit is on the leaves after this one.
Item {
    id: field

    required property list<string> labels
    required property int columns
    property int leaf: 0
    property real least: Theme.levelLeast // height of a tile
    property real tallest: Theme.u(34)
    property real size: Theme.type(5.4)
    property string called: "choice" // what the tiles are called: this and their place

    readonly property real gap: Theme.gap
    readonly property int fit: Math.max(1, Math.floor((height + gap) / (least + gap)))
    readonly property int aLeaf: fit * columns
    readonly property int leaves: Math.max(1, Math.ceil(labels.length / aLeaf))
    readonly property int turned: Math.min(leaf, leaves - 1)
    readonly property int first: turned * aLeaf
    readonly property int rows: Math.min(fit, Math.max(1, Math.ceil(labels.length / columns)))
    readonly property real cell: Math.floor((width - (columns - 1) * gap) / columns)
    readonly property real rowHeight: Math.floor(Math.max(least, Math.min(tallest, (height - (rows - 1) * gap) / rows)))
    readonly property real used: rows * (rowHeight + gap) - gap

    signal chosen(place: int)

    Repeater {
        model: Math.max(0, Math.min(field.aLeaf, field.labels.length - field.first))
        ChoiceTile {
            required property int index

            objectName: field.called + "." + (field.first + index)
            label: field.labels[field.first + index] ?? ""
            size: field.size
            x: (index % field.columns) * (field.cell + field.gap)
            y: Math.floor(index / field.columns) * (field.rowHeight + field.gap)
            width: field.cell
            height: field.rowHeight
            onTapped: field.chosen(field.first + index)
        }
    }
}
