import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The citizen's own words for an earlier rating: the field right above the keyboard, always in view.
Item {
    id: desk

    required property ScreenModel screen

    readonly property var words: screen.words
    readonly property string act: screen.deskAct
    readonly property alias upper: body.y
    readonly property bool low: Theme.banded
    readonly property real keyboardTop: keyboard.status === Loader.Ready ? keyboard.y : height

    function open(): void {
        keyboard.wake()
        field.edit.forceActiveFocus()
        Qt.inputMethod.show() // qmllint disable missing-property
    }
    function goOn(): void {
        Qt.inputMethod.commit() // qmllint disable missing-property
        screen.deskGoOn()
    }
    function close(): void {
        Qt.inputMethod.reset() // qmllint disable missing-property
        Qt.inputMethod.hide() // qmllint disable missing-property
        field.edit.text = ""
        desk.forceActiveFocus()
    }

    onVisibleChanged: visible ? open() : close()
    Component.onDestruction: if (visible) Qt.inputMethod.hide() // qmllint disable missing-property

    Rectangle {
        id: body
        y: Theme.portrait ? desk.keyboardTop - height : 0
        width: desk.width
        height: Theme.portrait ? Theme.u(96) : desk.keyboardTop
        color: Theme.ground
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }

        Words {
            x: desk.low ? Theme.margin : Theme.at(Theme.margin, width, desk.width)
            y: Theme.u(Theme.portrait ? 5 : 3)
            width: parent.width - 2 * Theme.margin - (desk.low ? 0 : back.width + go.width + Theme.u(8))
            height: desk.low ? Theme.u(Theme.portrait ? 16 : 9) : Theme.target
            verticalAlignment: Text.AlignVCenter
            text: [desk.screen.deskHint || (desk.words["receipt." + desk.act + ".title"] ?? ""), desk.screen.deskCounter].join("    ")
            font.pixelSize: Theme.label
            font.bold: true
            fontSizeMode: Text.Fit
            minimumPixelSize: Math.ceil(Theme.leastType)
        }
        PushButton {
            id: back
            objectName: "desk.back"
            label: desk.words["receipt.back"]
            x: Theme.at(desk.width - Theme.margin - go.width - Theme.gap - width, width, desk.width)
            y: go.y
            height: Theme.target
            onTapped: desk.screen.deskBack()
        }
        PushButton {
            id: go
            objectName: "desk.go"
            primary: true
            label: desk.act === "withdraw" ? desk.words["receipt.next"] : desk.words["receipt.send"]
            x: Theme.at(desk.width - width - Theme.margin, width, desk.width)
            y: desk.low ? parent.height - height - Theme.u(3) : Theme.u(3)
            height: Theme.target
            onTapped: desk.goOn()
        }
        Panel {
            x: Theme.margin
            y: desk.low ? Theme.u(Theme.portrait ? 22 : 13) : go.y + go.height + Theme.u(2.5)
            width: parent.width - 2 * x
            height: (desk.low ? go.y - Theme.u(3) : parent.height - Theme.u(3)) - y
            edge: Theme.accent

            CommentField {
                id: field
                name: "desk.field"
                label: desk.words["receipt." + desk.act + ".title"] ?? ""
                placeholder: desk.words["receipt." + desk.act + ".placeholder"] ?? ""
                screen: desk.screen
                anchors.fill: parent
                anchors.margins: Theme.u(3)
                onWritten: text => desk.screen.deskWrite(text)
                onFinished: desk.goOn()
            }
        }
    }
    Rectangle {
        y: desk.keyboardTop
        width: desk.width
        height: desk.height - y
        color: Theme.keys
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }
    }
    Loader {
        id: keyboard

        function wake(): void {
            if (status === Loader.Null)
                setSource("Keyboard.qml", { "locale": Qt.binding(() => desk.words["language.keyboard"]) })
        }

        width: Math.min(desk.width, Theme.u(Theme.portrait ? 150 : 190))
        x: (desk.width - width) / 2
        y: desk.height - height
    }
}
