import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Comment and telephone number, with the keyboard below, or the pad for those who do not type; the field stands right
// above it, always in view.
Item {
    id: sheet

    required property ScreenModel screen
    required property Pen pen

    readonly property var words: screen.words
    readonly property bool calling: screen.panel === "contact"
    readonly property real inputTop: byHand ? pad.y : keyboard.y
    readonly property bool byHand: wantsPad && sheet.pen.available && !calling
    property bool wantsPad: false

    function open(): void {
        (calling ? numberField : comment.edit).forceActiveFocus()
        if (byHand) {
            Qt.inputMethod.commit() // qmllint disable missing-property
            Qt.inputMethod.hide() // qmllint disable missing-property
            sheet.pen.warm()
        } else {
            Qt.inputMethod.show() // qmllint disable missing-property
        }
    }
    function done(): void {
        pad.take(() => sheet.screen.openPanel(""))
    }
    function close(): void {
        Qt.inputMethod.hide() // qmllint disable missing-property
        sheet.forceActiveFocus()
    }

    onVisibleChanged: visible ? open() : close()
    onCallingChanged: if (visible) open()
    onByHandChanged: if (visible) open()
    Component.onCompleted: open()

    Connections {
        target: sheet.screen
        function onPanelChanged() {
            sheet.pen.clear()
        }
        function onCitizenChanged() {
            Qt.inputMethod.reset() // qmllint disable missing-property
            comment.edit.text = ""
            numberField.text = ""
            sheet.pen.clear()
            sheet.wantsPad = false
        }
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.ink
        opacity: 0.4
        TapHandler {} // nothing below is to be pressed through the sheet
    }
    Rectangle {
        id: body
        y: Theme.portrait ? sheet.inputTop - height : 0
        width: sheet.width
        height: Theme.portrait ? Theme.u(84) : sheet.inputTop
        color: Theme.ground

        Words {
            id: title
            x: Theme.margin
            y: Theme.portrait ? Theme.u(4) : done.y + (done.height - height) / 2
            text: sheet.calling ? sheet.words["contact.title"] : sheet.words["comment.title"]
            font.pixelSize: Theme.label
            font.bold: true
        }
        Words {
            visible: !sheet.calling
            x: title.x + title.width + Theme.u(4)
            y: title.y + title.baselineOffset - baselineOffset
            text: sheet.screen.counter
            font.pixelSize: Theme.small
            color: Theme.soft
        }
        Words {
            visible: sheet.calling
            x: title.x
            y: box.y + box.height + Theme.u(3)
            width: box.width
            text: sheet.words[sheet.screen.contactComplete ? "contact.complete" : "contact.note"]
            font.pixelSize: Theme.small
            color: Theme.soft
        }
        PushButton {
            id: method
            objectName: "panel.method"
            visible: sheet.pen.available && !sheet.calling
            label: sheet.byHand ? sheet.words["pad.type"] : sheet.words["pad.write"]
            width: done.width
            x: clear.x - width - Theme.gap
            y: done.y
            onTapped: {
                sheet.pen.clear()
                sheet.wantsPad = !sheet.wantsPad
            }
        }
        PushButton {
            id: clear
            objectName: "panel.clear"
            width: done.width
            label: sheet.words["panel.clear"]
            x: done.x - width - Theme.gap
            y: done.y
            onTapped: sheet.calling ? numberField.clear() : comment.edit.clear()
        }
        PushButton {
            id: done
            objectName: "panel.done"
            primary: true
            label: sheet.words["panel.done"]
            width: Theme.portrait ? (box.width - 2 * Theme.gap) / 3 : Math.max(implicitWidth, method.implicitWidth)
            x: sheet.width - width - Theme.margin
            y: Theme.portrait ? title.y + title.height + Theme.u(2) : Theme.u(3)
            onTapped: sheet.done()
        }
        Panel {
            id: box
            x: Theme.margin
            y: done.y + done.height + Theme.u(Theme.portrait ? 3 : 2.5)
            width: sheet.width - 2 * x
            height: sheet.calling ? Theme.target : parent.height - y - Theme.u(3)
            edge: Theme.accent

            CommentField {
                id: comment
                name: "comment.field"
                label: sheet.words["comment.title"]
                placeholder: sheet.words["comment.placeholder"]
                screen: sheet.screen
                visible: !sheet.calling
                anchors.fill: parent
                anchors.margins: Theme.u(3)
                onWritten: text => sheet.screen.writeComment(text)
                onFinished: sheet.done()
            }
            TextInput {
                id: numberField
                objectName: "contact.field"
                visible: sheet.calling
                anchors.fill: parent
                anchors.margins: Theme.u(3)
                verticalAlignment: TextInput.AlignVCenter
                color: Theme.ink
                font.pixelSize: Theme.label
                maximumLength: 20
                selectByMouse: false
                inputMethodHints: Qt.ImhSensitiveData | Qt.ImhDialableCharactersOnly | Qt.ImhNoPredictiveText
                Accessible.role: Accessible.EditableText
                Accessible.name: sheet.words["contact.title"]
                onAccepted: sheet.screen.openPanel("")
                onTextChanged: sheet.screen.writeContact(text)
            }
            Words {
                anchors.fill: numberField
                text: sheet.words["contact.placeholder"]
                verticalAlignment: Text.AlignVCenter
                visible: sheet.calling && numberField.length === 0
                color: Theme.faint
                Accessible.ignored: true
            }
        }
    }
    Rectangle {
        y: sheet.inputTop
        width: sheet.width
        height: sheet.height - y
        color: Theme.keys
    }
    Loader {
        id: keyboard
        visible: !sheet.byHand
        width: Math.min(sheet.width, Theme.u(Theme.portrait ? 150 : 190))
        x: (sheet.width - width) / 2
        anchors.bottom: sheet.bottom // a binding of `y` to the height is a loop to Qt 6.7
        Component.onCompleted: setSource("Keyboard.qml", { "locale": Qt.binding(() => sheet.words["language.keyboard"]) })
    }
    WritingPad {
        id: pad
        visible: sheet.byHand
        pen: sheet.pen
        words: sheet.words
        width: sheet.width
        height: implicitHeight
        y: sheet.height - height
        onChosen: text => comment.edit.insert(comment.edit.cursorPosition, text)
        onBackspace: comment.removeBefore()
        onWrote: sheet.screen.writeComment(comment.edit.text)
    }
}
