pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The pad of the technician's page: what is typed, and keys of digits or of letters, each of full size.
Item {
    id: pad

    required property ScreenModel screen
    required property TechnicianModel technician
    property real head: 0 // in landscape what is typed stands beside the title; the keys begin here

    readonly property bool upright: Theme.portrait
    readonly property bool both: technician.pad === "letters"
    property bool letters: false
    readonly property list<string> keys: letters ? [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ", "-"] : [..."1234567890"]
    readonly property int columns: letters ? 9 : 5
    readonly property int rows: Math.ceil(keys.length / columns)
    readonly property real gap: Math.ceil(Math.max(Theme.u(2.2), 2.1 * Theme.mm))
    readonly property real keyWidth: Math.floor((width - (columns - 1) * gap) / columns)
    readonly property real upper: upright ? Theme.target + Theme.gap : head
    readonly property real keyHeight: Math.min(Theme.u(26), Math.floor((height - upper - (rows - 1) * gap) / rows))
    readonly property string step: technician.step

    onStepChanged: letters = false

    Rectangle {
        id: field
        x: pad.upright ? 0 : 0.44 * pad.width
        width: erase.x - (change.visible ? change.width + Theme.gap : 0) - Theme.gap - x
        height: Theme.target
        radius: Theme.u(2)
        color: Theme.paper
        border.width: Theme.hair * 2
        border.color: Theme.accent
        Words {
            objectName: "technician.typed"
            anchors.fill: parent
            anchors.leftMargin: Theme.u(3)
            anchors.rightMargin: Theme.u(3)
            verticalAlignment: Text.AlignVCenter
            text: pad.technician.typed
            font.pixelSize: Theme.label
            font.bold: true
            fontSizeMode: Text.Fit
            minimumPixelSize: Math.ceil(Theme.leastType)
            maximumLineCount: 2
            wrapMode: Text.WrapAnywhere
        }
    }
    PushButton {
        id: change
        objectName: "technician.letters"
        visible: pad.both
        label: pad.screen.words[pad.letters ? "menu.digits" : "menu.letters"]
        x: erase.x - Theme.gap - width
        width: Math.max(Theme.target, Theme.u(22))
        height: Theme.target
        onTapped: pad.letters = !pad.letters
    }
    CodeKey {
        id: erase
        objectName: "technician.erase"
        label: pad.screen.words["receipt.erase"]
        picture: Theme.art("pictures", "erase")
        x: pad.width - width
        width: Math.max(Theme.target, Theme.u(22))
        height: Theme.target
        onTapped: pad.technician.erase()
    }
    Repeater {
        model: pad.keys
        CodeKey {
            required property int index
            required property string modelData

            objectName: "technician.key." + modelData
            label: modelData
            x: index % pad.columns * (pad.keyWidth + pad.gap)
            y: pad.upper + Math.floor(index / pad.columns) * (pad.keyHeight + pad.gap)
            width: pad.keyWidth
            height: pad.keyHeight
            onTapped: pad.technician.type(modelData)
        }
    }
}
