pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// What was found, row by row: a sign that is told by its shape and its word, and never by its colour alone.
ListView {
    id: list

    required property TechnicianModel technician

    readonly property var shapes: ({ "ok": "✓", "warning": "!", "failed": "✕", "wait": "…" })
    readonly property var colours: ({ "ok": "#1F6B3A", "warning": "#8A5A00", "failed": "#A32020", "wait": "#55627A" })

    clip: true
    spacing: Theme.u(1.6)
    boundsBehavior: Flickable.StopAtBounds
    model: technician.names

    delegate: Rectangle {
        id: row

        required property int index
        required property string modelData

        readonly property string sign: list.technician.signs[index] ?? ""
        readonly property string remedy: list.technician.remedies[index] ?? ""

        objectName: "technician.row"
        width: list.width
        height: texts.height + Theme.u(4)
        radius: Theme.radius
        color: Theme.paper
        border.width: Theme.hair
        border.color: sign === "failed" ? list.colours.failed : Theme.edge

        Rectangle {
            id: mark
            visible: row.sign !== ""
            x: Theme.u(3)
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.u(10)
            height: width
            radius: row.sign === "failed" ? Theme.u(1) : width / 2
            color: list.colours[row.sign] ?? Theme.soft
            Text {
                anchors.centerIn: parent
                text: list.shapes[row.sign] ?? ""
                color: "#FFFFFF"
                font.bold: true
                font.pixelSize: mark.height * 0.68
                Accessible.ignored: true
            }
        }
        Column {
            id: texts
            x: Theme.u(16)
            anchors.verticalCenter: parent.verticalCenter
            width: row.width - x - Theme.u(3)
            spacing: Theme.u(0.6)
            Words {
                width: parent.width
                text: [row.modelData, list.technician.signWords[row.index] ?? ""].filter(one => one !== "").join(" · ")
                font.bold: true
                font.pixelSize: Theme.small
            }
            Words {
                width: parent.width
                visible: text !== ""
                text: list.technician.founds[row.index] ?? ""
                font.pixelSize: Theme.small
                wrapMode: Text.WrapAtWordBoundaryOrAnywhere
            }
            Words {
                width: parent.width
                visible: text !== ""
                text: row.remedy === "" ? "" : "→ " + row.remedy
                font.pixelSize: Theme.small
                font.bold: true
                wrapMode: Text.WrapAtWordBoundaryOrAnywhere
            }
        }
    }
}
