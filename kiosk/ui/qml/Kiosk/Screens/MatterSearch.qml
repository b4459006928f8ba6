pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Matters by the first letters of their names: the letters that lead on, beside or below what they have found.
Item {
    id: search

    required property ScreenModel screen
    required property list<string> labels // of what was found
    required property bool begun // a letter was typed
    required property string letters // that lead on

    readonly property bool upright: Theme.portrait
    readonly property int columns: 7
    readonly property real gap: Math.max(Theme.u(2.2), Math.min(Theme.gap, 2.2 * Theme.mm))
    readonly property real padWidth: upright ? width : Math.round(width * 0.62)
    readonly property real keyWidth: Math.floor((padWidth - (columns - 1) * gap) / columns)
    readonly property real keyHeight: Math.floor(upright ? Theme.u(17) : (height - 3 * gap) / 4)
    readonly property real padTop: upright ? height - 4 * keyHeight - 3 * gap : 0
    readonly property real padLeft: upright ? 0 : width - padWidth
    readonly property real resultsRoom: upright ? padTop - Theme.u(4) - gap : height
    readonly property int onOne: Math.floor((resultsRoom + Theme.gap) / (tiles.least + Theme.gap)) * tiles.columns
    readonly property bool several: labels.length > onOne
    readonly property real resultsEnd: resultsRoom - (several ? Theme.target + gap : 0)
    property int leaf: 0

    signal chosen(place: int)
    signal letter(one: string)
    signal erased

    onLabelsChanged: leaf = 0

    Item {
        id: results

        readonly property bool block: true // read as a whole before the letters

        width: tiles.width
        height: search.resultsRoom

        ChoiceField {
            id: tiles
            width: search.upright ? search.width : search.width - search.padWidth - Theme.u(6)
            height: search.resultsEnd
            columns: search.upright ? 2 : 1
            called: "found"
            labels: search.labels
            leaf: search.leaf
            size: Theme.type(4.8)
            least: Math.max(Theme.levelLeast, Theme.u(!search.upright ? 20 : Theme.large ? 22 : 17))
            tallest: Theme.u(24)
            onChosen: place => search.chosen(place)
        }
        Words {
            visible: search.labels.length === 0
            width: tiles.width
            height: tiles.height
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            text: search.screen.words["search.nothing"]
            color: Theme.soft
        }
        PushButton {
            objectName: "search.turn"
            visible: search.several
            label: tiles.turned < tiles.leaves - 1 ? search.screen.words["explaining.next"] : search.screen.words["explaining.first"]
            y: search.resultsEnd + search.gap
            width: tiles.width
            height: Theme.target
            onTapped: search.leaf = (tiles.turned + 1) % tiles.leaves
        }
    }
    Item {
        readonly property bool block: true

        x: search.padLeft
        y: search.padTop
        width: search.padWidth
        height: 4 * search.keyHeight + 3 * search.gap

        Repeater {
            model: [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ", "erase"]
            CodeKey {
                required property int index
                required property string modelData
                readonly property bool erase: modelData === "erase"

                objectName: erase ? "search.erase" : "search.key." + modelData
                enabled: erase ? search.begun : search.letters.includes(modelData)
                faint: !enabled
                label: erase ? search.screen.words["receipt.erase"] : modelData
                picture: erase ? Theme.art("pictures", "erase") : ""
                x: (index % search.columns) * (search.keyWidth + search.gap)
                y: Math.floor(index / search.columns) * (search.keyHeight + search.gap)
                width: erase ? 2 * search.keyWidth + search.gap : search.keyWidth
                height: search.keyHeight
                onTapped: erase ? search.erased() : search.letter(modelData)
            }
        }
    }
}
