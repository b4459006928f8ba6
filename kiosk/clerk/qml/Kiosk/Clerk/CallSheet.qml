import QtQuick
import QtQuick.Layouts

// The next queue number.
SheetFrame {
    id: sheet

    name: "call"
    canConfirm: desk.canCall
    confirmText: desk.words["call.confirm"]
    first: number

    Field {
        id: number
        objectName: "callNumber"
        Layout.fillWidth: true
        label: sheet.desk.words["call.number"]
        text: sheet.desk.callNumber
        maximumLength: 16
        faulty: sheet.desk.troublePlace === "call"
        inputMethodHints: Qt.ImhPreferLatin | Qt.ImhNoPredictiveText
        onActiveFocusChanged: if (activeFocus) Qt.callLater(selectAll)
        onTextEdited: sheet.desk.typeCallNumber(text)
        Keys.onReturnPressed: sheet.desk.confirmSheet()
        Keys.onEnterPressed: sheet.desk.confirmSheet()
    }
    TroubleText {
        Layout.fillWidth: true
        desk: sheet.desk
        places: ["call"]
    }
    Text {
        Layout.fillWidth: true
        visible: text !== ""
        text: sheet.desk.callNote
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.small
    }
}
