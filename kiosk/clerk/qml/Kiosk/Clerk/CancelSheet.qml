import QtQuick
import QtQuick.Layouts

// Why the visit is cancelled: one of the usual reasons, or one's own words.
SheetFrame {
    id: sheet

    name: "cancel"
    canConfirm: desk.canCancel
    first: reason

    ChoiceGrid {
        Layout.fillWidth: true
        desk: sheet.desk
        hints: [sheet.desk.keys["first"], sheet.desk.keys["second"], sheet.desk.keys["third"], sheet.desk.keys["fourth"]]
        onTaken: reason.forceActiveFocus(Qt.OtherFocusReason)
    }
    Field {
        id: reason
        objectName: "reason"
        Layout.fillWidth: true
        label: sheet.desk.words["sheet.other"]
        text: sheet.desk.reason
        maximumLength: 200
        faulty: sheet.desk.troublePlace === "reason"
        onTextEdited: sheet.desk.typeReason(text)
        Keys.onReturnPressed: sheet.desk.confirmSheet()
        Keys.onEnterPressed: sheet.desk.confirmSheet()
    }
    TroubleText {
        Layout.fillWidth: true
        desk: sheet.desk
        places: ["reason", "visit"]
    }
}
