import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Comment and telephone number, with the keyboard below; the field stands right above it, always in view.
Item {
    id: sheet

    required property ScreenModel screen

    readonly property var words: screen.words
    readonly property bool calling: screen.panel === "contact"
    readonly property real keyboardTop: keyboard.y

    function open(): void {
        (calling ? numberField : commentField).forceActiveFocus()
        Qt.inputMethod.show() // qmllint disable missing-property
    }
    function close(): void {
        Qt.inputMethod.hide() // qmllint disable missing-property
        sheet.forceActiveFocus()
    }

    onVisibleChanged: visible ? open() : close()
    onCallingChanged: if (visible) open()
    Component.onCompleted: open()

    Connections {
        target: sheet.screen
        function onCitizenChanged() {
            Qt.inputMethod.reset() // qmllint disable missing-property
            commentField.text = ""
            numberField.text = ""
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
        y: Theme.portrait ? sheet.keyboardTop - height : 0
        width: sheet.width
        height: Theme.portrait ? Theme.u(84) : sheet.keyboardTop
        color: Theme.ground

        Words {
            id: title
            x: Theme.margin
            y: done.y + (done.height - height - (sheet.calling ? 0 : note.height)) / 2
            width: clear.x - x - Theme.u(4)
            text: sheet.calling ? sheet.words["contact.title"] : sheet.words["comment.title"]
            font.pixelSize: Theme.u(6.4)
            font.bold: true
        }
        Words {
            id: note
            x: title.x
            y: sheet.calling ? box.y + box.height + Theme.u(3) : title.y + title.height
            width: sheet.calling ? box.width : title.width
            text: sheet.calling ? sheet.words["contact.note"] : sheet.screen.counter
            font.pixelSize: Theme.small
            color: Theme.soft
        }
        PushButton {
            id: clear
            objectName: "panel.clear"
            label: sheet.words["panel.clear"]
            x: done.x - width - Theme.gap
            y: done.y
            onTapped: sheet.calling ? numberField.clear() : commentField.clear()
        }
        PushButton {
            id: done
            objectName: "panel.done"
            primary: true
            label: sheet.words["panel.done"]
            x: sheet.width - width - Theme.margin
            y: Theme.u(Theme.portrait ? 5 : 3)
            onTapped: sheet.screen.openPanel("")
        }
        Panel {
            id: box
            x: Theme.margin
            y: done.y + done.height + Theme.u(Theme.portrait ? 4 : 2.5)
            width: sheet.width - 2 * x
            height: sheet.calling ? Theme.target : parent.height - y - Theme.u(3)
            edge: Theme.accent

            TextEdit {
                id: commentField
                objectName: "comment.field"
                visible: !sheet.calling
                anchors.fill: parent
                anchors.margins: Theme.u(3)
                color: Theme.ink
                font.pixelSize: Theme.u(4.8)
                wrapMode: TextEdit.Wrap
                textFormat: TextEdit.PlainText
                selectByMouse: false
                clip: true
                inputMethodHints: Qt.ImhSensitiveData | Qt.ImhNoAutoUppercase
                Accessible.role: Accessible.EditableText
                Accessible.name: sheet.words["comment.title"]
                Keys.onReturnPressed: sheet.screen.openPanel("")
                onTextChanged: {
                    if (length > sheet.screen.commentLimit)
                        remove(sheet.screen.commentLimit, length)
                    sheet.screen.writeComment(text)
                }
                onPreeditTextChanged: sheet.screen.writeComment(text)
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
                x: commentField.x
                y: commentField.y
                width: commentField.width
                height: commentField.height
                text: sheet.calling ? sheet.words["contact.placeholder"] : sheet.words["comment.placeholder"]
                lineHeight: 1
                verticalAlignment: sheet.calling ? Text.AlignVCenter : Text.AlignTop
                font.pixelSize: Theme.u(4.8)
                visible: sheet.calling ? numberField.length === 0 : commentField.length === 0 && commentField.preeditText === ""
                color: Theme.faint
            }
        }
    }
    Rectangle {
        y: sheet.keyboardTop
        width: sheet.width
        height: sheet.height - y
        color: Theme.keys
    }
    Loader {
        id: keyboard
        width: Math.min(sheet.width, Theme.u(Theme.portrait ? 150 : 190))
        x: (sheet.width - width) / 2
        y: sheet.height - height
        Component.onCompleted: setSource("Keyboard.qml", { "locale": Qt.binding(() => sheet.words["language.keyboard"]) })
    }
}
