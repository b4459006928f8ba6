import QtQuick
import Kiosk.Model
import Kiosk.Parts

// A citizen's own words, at most 150 characters. What is being written is in view, however long it gets.
Item {
    id: view

    required property string name
    required property string label
    required property string placeholder
    required property ScreenModel screen
    readonly property alias edit: edit

    signal written(text: string)
    signal finished

    // The character before the cursor goes, both halves of it where it has two.
    function removeBefore(): void {
        const pair = /[\udc00-\udfff]/.test(edit.getText(edit.cursorPosition - 1, edit.cursorPosition))
        edit.remove(Math.max(0, edit.cursorPosition - (pair ? 2 : 1)), edit.cursorPosition)
    }

    clip: true

    TextEdit {
        id: edit
        objectName: view.name
        y: Math.min(0, view.height - cursorRectangle.y - cursorRectangle.height)
        width: view.width
        height: Math.max(view.height, contentHeight)
        color: Theme.ink
        font.pixelSize: Theme.body
        wrapMode: TextEdit.Wrap
        textFormat: TextEdit.PlainText
        selectByMouse: false
        inputMethodHints: Qt.ImhSensitiveData | Qt.ImhNoAutoUppercase
        Accessible.role: Accessible.EditableText
        Accessible.name: view.label
        Keys.onReturnPressed: view.finished()
        onTextChanged: {
            if (length > view.screen.commentLimit)
                remove(view.screen.commentLimit, length)
            view.written(text)
        }
        onPreeditTextChanged: view.written(text)
    }
    Words {
        anchors.fill: parent
        text: view.placeholder
        lineHeight: 1
        font.pixelSize: Theme.body
        visible: edit.length === 0 && edit.preeditText === ""
        color: Theme.faint
        Accessible.ignored: true
    }
}
