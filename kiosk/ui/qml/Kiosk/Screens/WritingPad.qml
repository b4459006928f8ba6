pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Where a finger writes. What stands on the pad is read as a whole, one character or up to four side by side, after each
// stroke. A tap on what is offered takes the whole of it and gives a clean pad; what is still there when the citizen is
// done is taken as it was read. Nothing is ever taken because a time ran out: slow hands decide for themselves.
Item {
    id: pad

    required property Pen pen
    required property var words

    property bool writing: false
    property var next: null
    readonly property int count: 10
    readonly property bool inLine: pad.pen.candidates.length > 0 && pad.pen.candidates[0].length > 2
    readonly property int rows: Theme.portrait ? 2 : 1
    readonly property int columns: inLine ? (Theme.portrait ? 3 : 5) : count / rows

    signal chosen(text: string)
    signal backspace
    signal wrote

    function choose(text: string): void {
        pen.clear()
        pad.chosen(text)
    }
    // Take what still stands on the pad as soon as the last stroke has been read, and then go on.
    function take(andThen: var): void {
        next = andThen
        goOn()
    }
    function goOn(): void {
        if (next === null || pen.busy)
            return
        const andThen = next
        next = null
        if (pen.candidates.length > 0)
            choose(pen.candidates[0])
        andThen()
    }

    implicitHeight: area.y + area.height + (Theme.portrait ? Theme.gap + Theme.target + Theme.foot : Theme.u(3))

    Connections {
        target: pad.pen
        function onCleared() {
            pad.next = null
            ink.clear()
        }
        function onBusyChanged() {
            pad.goOn()
        }
    }

    Repeater {
        model: pad.count
        Offer {
            id: offer

            required property int index

            readonly property real step: (pad.width - 2 * Theme.margin + Theme.u(2)) / pad.columns

            objectName: "pad.candidate." + offer.index
            label: offer.index < pad.rows * pad.columns ? pad.pen.candidates[offer.index] ?? "" : ""
            first: offer.index === 0
            x: Theme.margin + Math.round(offer.index % pad.columns * offer.step)
            y: Theme.u(2.5) + Math.floor(offer.index / pad.columns) * (Theme.target + Theme.u(2))
            width: Math.round(offer.step - Theme.u(2))
            height: Theme.target
            onTapped: pad.choose(offer.label)
        }
    }

    Panel {
        id: area
        x: Theme.margin + (Theme.left && !Theme.portrait ? keys.width + Theme.gap : 0)
        y: Theme.u(2.5) + pad.rows * (Theme.target + Theme.u(2)) + Theme.u(0.5)
        width: pad.width - 2 * Theme.margin - (Theme.portrait ? 0 : keys.width + Theme.gap)
        height: Theme.u(Theme.portrait ? 62 : 54)
        edge: Theme.edge

        Words {
            anchors.centerIn: parent
            width: parent.width - 2 * Theme.margin
            horizontalAlignment: Text.AlignHCenter
            visible: !pad.pen.written && !pad.writing
            text: pad.words["pad.hint"]
            color: Theme.faint
        }
        Ink {
            id: ink
            objectName: "pad.area"
            width: area.width
            height: area.height
            color: Theme.ink
            nib: Theme.u(1.5)
            Accessible.role: Accessible.Graphic
            Accessible.name: pad.words["pad.name"]
            onWritingChanged: pad.writing = writing
            onStroked: points => {
                pad.pen.stroke(points)
                pad.wrote()
            }
        }
    }

    Flow {
        id: keys

        readonly property real half: Theme.u(23)
        readonly property real fifth: (pad.width - 2 * Theme.margin - 4 * spacing) / 5
        readonly property real wide: Math.floor(Theme.portrait ? fifth : half)
        readonly property real high: Math.floor(Theme.portrait ? Theme.target : (area.height - 2 * spacing) / 3)

        spacing: Theme.gap
        width: Theme.portrait ? pad.width - 2 * Theme.margin : 2 * half + spacing
        x: Theme.portrait || Theme.left ? Theme.margin : pad.width - width - Theme.margin
        y: Theme.portrait ? area.y + area.height + Theme.gap : area.y

        PushButton {
            objectName: "pad.undo"
            width: keys.wide
            height: keys.high
            label: pad.words["pad.undo"]
            onTapped: {
                if (!pad.writing) {
                    ink.undo()
                    pad.pen.undo()
                }
            }
        }
        PushButton {
            objectName: "pad.clear"
            width: keys.wide
            height: keys.high
            label: pad.words["pad.clear"]
            onTapped: pad.pen.clear()
        }
        PushButton {
            objectName: "pad.comma"
            width: keys.wide
            height: keys.high
            label: pad.words["pad.comma"]
            onTapped: pad.take(() => pad.chosen(label))
        }
        PushButton {
            objectName: "pad.stop"
            width: keys.wide
            height: keys.high
            label: pad.words["pad.stop"]
            onTapped: pad.take(() => pad.chosen(label))
        }
        PushButton {
            objectName: "pad.backspace"
            width: Theme.portrait ? keys.wide : keys.width
            height: keys.high
            label: pad.words["pad.backspace"]
            icon: Theme.portrait ? "" : Theme.art("keys", "backspace")
            onTapped: pad.backspace()
        }
    }
}
