import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The next visit: its matter and its case, and, where the hall wants them, how far it is and which time.
ColumnLayout {
    id: panel

    required property ConsoleModel desk

    spacing: ClerkTheme.hair

    // The keyboard goes where the next thing is to be typed.
    function rest() {
        (desk.matterText === "" ? matter : caseNumber).forceActiveFocus(Qt.OtherFocusReason);
    }
    function toMatter() {
        matter.forceActiveFocus(Qt.ShortcutFocusReason);
    }
    function toCase() {
        caseNumber.forceActiveFocus(Qt.ShortcutFocusReason);
        caseNumber.selectAll();
    }
    function toTimes() {
        times.forceActiveFocus(Qt.ShortcutFocusReason);
        times.selectAll();
    }

    FieldLabel {
        text: panel.desk.words["visit.matter"]
        hint: panel.desk.keys["matter"]
    }
    MatterField {
        id: matter
        Layout.fillWidth: true
        desk: panel.desk
        onChosen: caseNumber.forceActiveFocus(Qt.TabFocusReason)
    }
    TroubleText {
        Layout.fillWidth: true
        desk: panel.desk
        places: ["matter"]
    }
    FieldLabel {
        text: panel.desk.words["visit.case_number"]
        hint: panel.desk.keys["case"]
    }
    Field {
        id: caseNumber
        objectName: "caseNumber"
        Layout.fillWidth: true
        label: panel.desk.words["visit.case_number"]
        placeholderText: panel.desk.words["visit.case_hint"]
        text: panel.desk.caseNumber
        faulty: panel.desk.troublePlace === "case_number"
        inputMethodHints: Qt.ImhPreferLatin | Qt.ImhNoPredictiveText
        onTextEdited: panel.desk.typeCaseNumber(text)
        Keys.onReturnPressed: panel.desk.start()
        Keys.onEnterPressed: panel.desk.start()
    }
    TroubleText {
        Layout.fillWidth: true
        desk: panel.desk
        places: ["case_number"]
    }
    RowLayout {
        Layout.topMargin: ClerkTheme.hair
        spacing: ClerkTheme.hair + 2

        PushButton {
            objectName: "accepted"
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            quiet: true
            checked: panel.desk.stage === "accepted"
            text: panel.desk.words["stage.accepted"]
            hint: panel.desk.keys["accepted"]
            onClicked: panel.desk.chooseStage("accepted")
        }
        PushButton {
            objectName: "completed"
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            quiet: true
            checked: panel.desk.stage === "completed"
            text: panel.desk.words["stage.completed"]
            hint: panel.desk.keys["completed"]
            onClicked: panel.desk.chooseStage("completed")
        }
        Field {
            id: times
            objectName: "serviceNumber"
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            implicitHeight: ClerkTheme.quiet
            leftPadding: ClerkTheme.gap
            rightPadding: ClerkTheme.hair
            label: panel.desk.words["visit.service_number"]
            placeholderText: label + " " + panel.desk.keys["times"]
            font.pixelSize: ClerkTheme.small
            text: panel.desk.serviceNumber
            maximumLength: 7
            faulty: panel.desk.troublePlace === "service_number"
            inputMethodHints: Qt.ImhDigitsOnly
            onTextEdited: panel.desk.typeServiceNumber(text)
            Keys.onReturnPressed: panel.desk.start()
            Keys.onEnterPressed: panel.desk.start()
        }
    }
    RowLayout {
        visible: panel.desk.slipText !== ""
        spacing: ClerkTheme.gap

        Text {
            Layout.fillWidth: true
            text: panel.desk.slipText
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: ClerkTheme.ink
            font.pixelSize: ClerkTheme.small
        }
        PushButton {
            objectName: "dropSlip"
            quiet: true
            text: panel.desk.words["visit.drop_slip"]
            hint: panel.desk.keys["drop_slip"]
            onClicked: panel.desk.dropSlip()
        }
    }
    TroubleText {
        Layout.fillWidth: true
        desk: panel.desk
        places: ["service_number", "visit", "pause", "call"]
    }
    PushButton {
        objectName: "start"
        Layout.fillWidth: true
        Layout.topMargin: ClerkTheme.gap
        primary: true
        text: panel.desk.words["visit.start"]
        hint: panel.desk.keys["start"]
        enabled: panel.desk.canStart
        onClicked: panel.desk.start()
    }
}
