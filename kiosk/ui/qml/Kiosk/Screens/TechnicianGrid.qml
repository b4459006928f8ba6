pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Cells over the whole glass, edges and corners too: one that was touched is dark and bears no dot any more.
Rectangle {
    id: grid

    required property TechnicianModel technician

    readonly property int columns: Math.max(1, technician.gridColumns)
    readonly property int rows: Math.max(1, technician.gridRows)

    objectName: "technician.grid"
    color: Theme.ground

    Repeater {
        model: grid.visible ? grid.columns * grid.rows : 0
        Rectangle {
            required property int index

            readonly property bool hit: grid.technician.gridHits[index] === "1"

            x: Math.round(index % grid.columns * grid.width / grid.columns)
            y: Math.round(Math.floor(index / grid.columns) * grid.height / grid.rows)
            width: Math.ceil(grid.width / grid.columns)
            height: Math.ceil(grid.height / grid.rows)
            color: hit ? Theme.accent : Theme.paper
            border.width: 1
            border.color: Theme.edge
            Rectangle {
                anchors.centerIn: parent
                visible: !parent.hit && grid.technician.gridPhase === "painting"
                width: Theme.u(2)
                height: width
                radius: width / 2
                color: Theme.ink
            }
        }
    }
    Rectangle {
        visible: grid.technician.gridWords !== ""
        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.margin, Theme.u(150))
        height: words.implicitHeight + Theme.u(6)
        radius: Theme.radius
        color: Theme.paper
        border.width: Theme.hair * 2
        border.color: Theme.ink
        opacity: grid.technician.gridPhase === "painting" ? 0.85 : 1
        Words {
            id: words
            anchors.centerIn: parent
            width: parent.width - Theme.u(8)
            horizontalAlignment: Text.AlignHCenter
            text: grid.technician.gridWords
            font.bold: true
        }
    }
}
