pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// What can be chosen on this page of the technician's, as tiles of one size.
Item {
    id: tiles

    required property TechnicianModel technician

    readonly property int count: technician.choices.length
    readonly property int columns: Theme.portrait ? (count > 5 ? 2 : 1) : count > 4 ? 3 : 2
    readonly property int rows: Math.max(1, Math.ceil(count / columns))
    readonly property real cell: Math.floor((width - (columns - 1) * Theme.gap) / columns)
    readonly property real tall: Math.min(Theme.u(32), Math.floor((height - (rows - 1) * Theme.gap) / rows))

    Repeater {
        model: tiles.technician.choices
        MenuTile {
            required property int index
            required property string modelData

            objectName: "technician." + modelData
            label: tiles.technician.labels[index] ?? ""
            note: tiles.technician.notes[index] ?? ""
            x: index % tiles.columns * (tiles.cell + Theme.gap)
            y: Math.floor(index / tiles.columns) * (tiles.tall + Theme.gap)
            width: tiles.cell
            height: tiles.tall
            onTapped: tiles.technician.choose(modelData)
        }
    }
}
