import QtQuick
import QtQuick.Layouts

// Of which kind the pause is, in one's own words if need be, and when it is expected to be over.
SheetFrame {
    id: sheet

    name: "pause"
    canConfirm: desk.canPause
    first: reason

    ChoiceGrid {
        Layout.fillWidth: true
        desk: sheet.desk
        hints: [sheet.desk.keys["first"], sheet.desk.keys["second"], sheet.desk.keys["third"]]
        onTaken: reason.forceActiveFocus(Qt.OtherFocusReason)
    }
    Field {
        id: reason
        objectName: "reason"
        Layout.fillWidth: true
        label: sheet.desk.words["sheet.other_pause"]
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
        places: ["reason"]
    }
    RowLayout {
        spacing: ClerkTheme.hair + 2

        Field {
            objectName: "pauseUntil"
            Layout.fillWidth: true
            implicitHeight: ClerkTheme.quiet
            leftPadding: ClerkTheme.gap
            rightPadding: ClerkTheme.hair
            font.pixelSize: ClerkTheme.small
            label: sheet.desk.words["pause.back_at"]
            text: sheet.desk.pauseUntil
            maximumLength: 5
            faulty: sheet.desk.troublePlace === "until"
            onTextEdited: sheet.desk.typePauseUntil(text)
            Keys.onReturnPressed: sheet.desk.confirmSheet()
            Keys.onEnterPressed: sheet.desk.confirmSheet()
        }
        PushButton {
            objectName: "soon"
            quiet: true
            text: "+10"
            hint: sheet.desk.keys["soon"]
            onClicked: sheet.desk.pauseFor(10)
        }
        PushButton {
            objectName: "later"
            quiet: true
            text: "+30"
            hint: sheet.desk.keys["later"]
            onClicked: sheet.desk.pauseFor(30)
        }
        PushButton {
            objectName: "muchLater"
            quiet: true
            text: "+60"
            hint: sheet.desk.keys["much_later"]
            onClicked: sheet.desk.pauseFor(60)
        }
    }
    TroubleText {
        Layout.fillWidth: true
        desk: sheet.desk
        places: ["until"]
    }
}
