pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// Why: one of the usual reasons, or one's own words. Lies over the lower part of the window.
FocusScope {
    id: sheet

    required property ConsoleModel desk

    visible: desk.sheet !== ""
    onVisibleChanged: if (visible) reason.forceActiveFocus(Qt.PopupFocusReason)
    Keys.onEscapePressed: desk.closeSheet()

    Rectangle {
        anchors.fill: parent
        color: ClerkTheme.ink
        opacity: 0.35
        TapHandler {
            onTapped: sheet.desk.closeSheet()
        }
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: content.implicitHeight + 2 * ClerkTheme.margin
        color: ClerkTheme.ground
        TapHandler {}

        ColumnLayout {
            id: content
            anchors.fill: parent
            anchors.margins: ClerkTheme.margin
            spacing: 8

            Text {
                text: sheet.desk.sheetTitle
                textFormat: Text.PlainText
                color: ClerkTheme.ink
                font.pixelSize: ClerkTheme.title
                font.weight: Font.DemiBold
            }
            GridLayout {
                Layout.fillWidth: true
                columns: 2
                columnSpacing: 8
                rowSpacing: 8
                uniformCellWidths: true

                Repeater {
                    model: sheet.desk.presets
                    PushButton {
                        required property string modelData
                        objectName: "preset"
                        Layout.fillWidth: true
                        text: modelData
                        primary: sheet.desk.reason === modelData
                        onClicked: {
                            sheet.desk.typeReason(modelData);
                            reason.forceActiveFocus(Qt.OtherFocusReason);
                        }
                    }
                }
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
                places: ["reason"]
            }
            RowLayout {
                Layout.topMargin: 4
                spacing: 8
                PushButton {
                    objectName: "closeSheet"
                    Layout.fillWidth: true
                    Layout.preferredWidth: 1
                    text: sheet.desk.words["sheet.close"]
                    hint: "Esc"
                    onClicked: sheet.desk.closeSheet()
                }
                PushButton {
                    objectName: "confirmSheet"
                    Layout.fillWidth: true
                    Layout.preferredWidth: 1
                    primary: true
                    text: sheet.desk.words["sheet.confirm"]
                    hint: "Enter"
                    enabled: sheet.desk.canPause || sheet.desk.canCancel
                    onClicked: sheet.desk.confirmSheet()
                }
            }
        }
    }
}
