import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// What every sheet shares: it lies over the lower part of the window, Esc closes it and Enter confirms.
FocusScope {
    id: sheet

    required property ConsoleModel desk
    required property string name
    property bool confirms: true
    property string confirmText: desk.words["sheet.confirm"]
    property bool canConfirm: true
    property Item first: back
    default property alias content: column.data

    visible: desk.sheet === name
    onVisibleChanged: if (visible) first.forceActiveFocus(Qt.PopupFocusReason)

    Rectangle {
        anchors.fill: parent
        color: ClerkTheme.ink
        opacity: 0.35
        TapHandler {
            onTapped: sheet.desk.putAway()
        }
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Math.min(body.implicitHeight + 2 * ClerkTheme.margin, parent.height)
        color: ClerkTheme.ground
        TapHandler {}

        ColumnLayout {
            id: body
            anchors.fill: parent
            anchors.margins: ClerkTheme.margin
            spacing: ClerkTheme.gap

            Text {
                Layout.fillWidth: true
                text: sheet.desk.sheetTitle
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                color: ClerkTheme.ink
                font.pixelSize: ClerkTheme.title
                font.weight: Font.DemiBold
            }
            ColumnLayout {
                id: column
                Layout.fillWidth: true
                spacing: ClerkTheme.gap
            }
            RowLayout {
                spacing: ClerkTheme.gap
                PushButton {
                    id: back
                    objectName: "closeSheet"
                    Layout.fillWidth: true
                    Layout.preferredWidth: 1
                    text: sheet.desk.words["sheet.close"]
                    hint: "Esc"
                    onClicked: sheet.desk.putAway()
                }
                PushButton {
                    objectName: "confirmSheet"
                    Layout.fillWidth: true
                    Layout.preferredWidth: 1
                    implicitHeight: ClerkTheme.target
                    visible: sheet.confirms
                    primary: true
                    text: sheet.confirmText
                    hint: "Enter"
                    enabled: sheet.canConfirm
                    onClicked: sheet.desk.confirmSheet()
                }
            }
        }
    }
}
