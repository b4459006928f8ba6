pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The reasons in their grid: the three core ones large, with "more" below them; then all of the national list and, in a
// field of their own under a heading, the hall's own. What does not fit on this glass with targets of full size is on
// another leaf, turned in the last place of the grid.
Item {
    id: field

    required property ScreenModel screen
    required property int columns // of all; the three core ones stand in one where there is height for it
    required property real tallest // a row need not be higher

    readonly property bool more: screen.more
    readonly property int count: screen.reasons.length
    readonly property int local: more ? screen.localReasons.length : 0
    readonly property real gap: Theme.gap
    readonly property real heading: Math.round(Theme.body * 1.5)
    readonly property int across: more ? columns : rowsFit > 3 ? 1 : 3
    readonly property real cell: Math.floor((width - (across - 1) * gap) / across)

    // Leaves: all on one if they fit; else the national list on as many as it takes, then the hall's own.
    readonly property int rowsOfAll: Math.ceil(count / across) + Math.ceil(local / across)
    readonly property bool whole: !more || rowsOfAll * (Theme.target + gap) - gap + (local > 0 ? heading : 0) <= height
    readonly property int rowsFit: Math.max(1, Math.floor((height + gap) / (Theme.target + gap)))
    readonly property int localRowsFit: Math.max(1, Math.floor((height - heading) / (Theme.target + gap)))
    readonly property int aLeaf: whole ? count : Math.max(1, rowsFit * across - 1)
    readonly property int localALeaf: whole ? local : Math.max(1, localRowsFit * across - 1)
    readonly property int nationalLeaves: Math.max(1, Math.ceil(count / aLeaf))
    readonly property int leaves: whole ? 1 : nationalLeaves + Math.ceil(local / localALeaf)
    property int leaf: 0
    readonly property bool ownLeaf: leaf >= nationalLeaves // only the hall's own on this one
    readonly property int first: leaf * aLeaf
    readonly property int localFirst: whole ? 0 : (leaf - nationalLeaves) * localALeaf
    readonly property int shownHere: ownLeaf ? 0 : Math.min(aLeaf, count - first)
    readonly property int localHere: whole ? local : ownLeaf ? Math.min(localALeaf, local - localFirst) : 0

    readonly property int cells: (ownLeaf ? localHere : shownHere) + (whole ? 0 : 1)
    readonly property int rows: !more ? Math.ceil(count / across) : whole ? rowsOfAll : Math.ceil(cells / across)
    readonly property real headed: localHere > 0 ? heading : 0
    readonly property real below: more ? 0 : Theme.target + gap // "more" has a row of its own
    readonly property real rowHeight: Math.floor(Math.max(Math.min(Theme.least, height),
        Math.min(tallest, (height - headed - below - (rows - 1) * gap) / rows)))
    readonly property int localRow: whole ? Math.ceil(count / across) : 0
    readonly property real used: rows * (rowHeight + gap) - gap + headed + below
    readonly property real size: Theme.type(more ? (columns > 2 ? 4.5 : 4.8) : across === 1 ? 5.8 : 5.4)

    function placeX(place: int): real {
        return (place % across) * (cell + gap)
    }
    function placeY(place: int): real {
        return Math.floor(place / across) * (rowHeight + gap)
    }

    onMoreChanged: leaf = 0
    onCountChanged: leaf = 0
    onLeavesChanged: leaf = 0

    Repeater {
        model: 8
        ReasonTile {
            required property int index
            readonly property int place: index - field.first

            objectName: "reason." + index
            visible: index < field.count && place >= 0 && place < field.shownHere
            label: field.screen.reasonLabels[index] ?? ""
            chosen: field.screen.reasonChosen[index] ?? false
            size: field.size
            x: field.placeX(Math.max(0, place))
            y: field.placeY(Math.max(0, place))
            width: field.cell
            height: field.rowHeight
            onTapped: field.screen.toggleReason(field.screen.reasons[index])
        }
    }
    Words {
        visible: field.localHere > 0
        y: field.localRow * (field.rowHeight + field.gap)
        width: parent.width
        text: field.screen.words["explaining.local"]
        font.bold: true
        wrapMode: Text.NoWrap
    }
    Repeater {
        model: 6
        ReasonTile {
            required property int index
            readonly property int place: index - field.localFirst

            objectName: "local." + index
            visible: place >= 0 && place < field.localHere
            label: field.screen.localLabels[index] ?? ""
            chosen: field.screen.localChosen[index] ?? false
            size: field.size
            x: field.placeX(Math.max(0, place))
            y: field.placeY(field.localRow * field.across + Math.max(0, place)) + field.headed
            width: field.cell
            height: field.rowHeight
            onTapped: field.screen.toggleLocalReason(field.screen.localReasons[index])
        }
    }
    PushButton {
        objectName: "more"
        visible: !field.more
        label: field.screen.words["explaining.more"]
        size: field.size
        y: field.used - height
        width: field.width
        height: Theme.target
        onTapped: field.screen.toggleMore()
    }
    PushButton {
        objectName: "turn"
        visible: !field.whole
        label: field.leaf < field.leaves - 1 ? field.screen.words["explaining.next"]
                                             : field.screen.words["explaining.first"]
        size: field.size
        x: field.placeX(field.cells - 1)
        y: field.placeY(field.cells - 1) + field.headed
        width: field.cell
        height: field.rowHeight
        onTapped: field.leaf = (field.leaf + 1) % field.leaves
    }
}
