pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// What can be chosen on this page of the staff menu, as tiles of one size.
Item {
    id: tiles

    required property MenuModel menu

    readonly property int count: menu.choices.length
    readonly property int columns: Theme.portrait ? (count > 4 ? 2 : 1) : count > 4 ? 3 : 2
    readonly property int rows: Math.max(1, Math.ceil(count / columns))
    readonly property real cell: Math.floor((width - (columns - 1) * Theme.gap) / columns)
    readonly property real tall: Math.min(Theme.u(Theme.portrait ? 32 : 36), Math.floor((height - (rows - 1) * Theme.gap) / rows))

    Repeater {
        model: tiles.menu.choices
        MenuTile {
            required property int index
            required property string modelData

            objectName: "menu." + modelData
            label: tiles.menu.labels[index] ?? ""
            note: tiles.menu.notes[index] ?? ""
            primary: tiles.menu.step === "visit" && (modelData === "start" || modelData === "rate_now")
            on: tiles.menu.on.includes(modelData)
            checkable: tiles.menu.step === "visit" && (modelData === "accepted" || modelData === "completed")
            x: index % tiles.columns * (tiles.cell + Theme.gap)
            y: Math.floor(index / tiles.columns) * (tiles.tall + Theme.gap)
            width: tiles.cell
            height: tiles.tall
            onTapped: tiles.menu.choose(modelData)
        }
    }
}
