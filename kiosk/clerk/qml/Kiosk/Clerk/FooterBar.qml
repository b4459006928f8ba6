import QtQuick
import QtQuick.Layouts
import Kiosk.ClerkModel

// What is not about one visit: the next number, the pause, the figures; and how much waits to be sent.
Rectangle {
    id: footer

    required property ConsoleModel desk

    implicitHeight: column.implicitHeight + 2 * ClerkTheme.gap
    color: ClerkTheme.paper

    Rectangle {
        width: parent.width
        height: 1
        color: ClerkTheme.line
    }
    ColumnLayout {
        id: column
        anchors.fill: parent
        anchors.leftMargin: ClerkTheme.margin
        anchors.rightMargin: ClerkTheme.margin
        anchors.topMargin: ClerkTheme.gap
        anchors.bottomMargin: ClerkTheme.gap
        spacing: ClerkTheme.hair + 2

        RowLayout {
            spacing: ClerkTheme.hair + 2

            PushButton {
                objectName: "call"
                Layout.fillWidth: true
                quiet: true
                text: footer.desk.words["call.start"]
                hint: footer.desk.keys["call"]
                enabled: footer.desk.canCall
                onClicked: footer.desk.askCall()
            }
            PushButton {
                objectName: "pause"
                Layout.fillWidth: true
                quiet: true
                text: footer.desk.panel === "paused" ? footer.desk.words["pause.end"] : footer.desk.words["pause.start"]
                hint: footer.desk.keys["pause"]
                enabled: footer.desk.canPause || footer.desk.canResume
                onClicked: footer.desk.pauseOrResume()
            }
            PushButton {
                objectName: "figures"
                Layout.fillWidth: true
                quiet: true
                text: footer.desk.words["figures.open"]
                hint: footer.desk.keys["figures"]
                onClicked: footer.desk.askFigures()
            }
        }
        Text {
            objectName: "unsent"
            Layout.fillWidth: true
            text: footer.desk.unsentText
            textFormat: Text.PlainText
            elide: Text.ElideRight
            opacity: footer.desk.away ? 0.45 : 1
            color: footer.desk.unsent ? ClerkTheme.ink : ClerkTheme.soft
            font.pixelSize: ClerkTheme.small
            font.weight: footer.desk.unsent ? Font.DemiBold : Font.Normal
        }
    }
}
