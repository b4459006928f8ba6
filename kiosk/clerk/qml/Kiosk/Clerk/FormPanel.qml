import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// The next visit: its matter and its case number.
ColumnLayout {
    id: panel

    required property ConsoleModel desk

    spacing: 6

    // The keyboard goes where the next thing is to be typed, unless someone is signing in.
    function rest() {
        if (visible && desk.signedIn)
            (desk.matterText === "" ? matter : caseNumber).forceActiveFocus(Qt.OtherFocusReason);
    }
    onVisibleChanged: rest()
    Connections {
        target: panel.desk
        function onSignedInChanged() {
            panel.rest();
        }
    }

    Text {
        text: panel.desk.words["visit.matter"]
        textFormat: Text.PlainText
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.small
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
    Text {
        Layout.topMargin: 4
        text: panel.desk.words["visit.case_number"]
        textFormat: Text.PlainText
        color: ClerkTheme.soft
        font.pixelSize: ClerkTheme.small
    }
    Field {
        id: caseNumber
        objectName: "caseNumber"
        Layout.fillWidth: true
        label: panel.desk.words["visit.case_number"]
        placeholderText: ""
        text: panel.desk.caseNumber
        faulty: panel.desk.troublePlace === "case_number"
        onTextEdited: panel.desk.typeCaseNumber(text)
        Keys.onReturnPressed: panel.desk.start()
        Keys.onEnterPressed: panel.desk.start()
    }
    TroubleText {
        Layout.fillWidth: true
        desk: panel.desk
        places: ["case_number", "visit"]
    }
    PushButton {
        objectName: "start"
        Layout.fillWidth: true
        Layout.topMargin: 6
        implicitHeight: 48
        primary: true
        text: panel.desk.words["visit.start"]
        hint: "F2"
        enabled: panel.desk.canStart
        onClicked: panel.desk.start()
    }
}
