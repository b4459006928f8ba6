import QtQuick
import QtQuick.Controls.Basic
import Kiosk.ClerkModel

// The console folded: what the terminal does, in words, and how much is unsent. Pressed it unfolds; dragged it moves.
AbstractButton {
    id: chip

    required property ConsoleModel desk

    Accessible.name: desk.stateText

    onClicked: desk.toggleFold()
    Keys.onReturnPressed: chip.clicked()
    Keys.onEnterPressed: chip.clicked()

    DragHandler {
        target: null
        onActiveChanged: if (active) chip.Window.window.startSystemMove() // qmllint disable missing-property
    }

    background: Rectangle {
        color: chip.desk.away ? ClerkTheme.troubleSoft : ClerkTheme.paper
        border.width: chip.visualFocus ? 2 : 1
        border.color: chip.visualFocus ? ClerkTheme.accent : ClerkTheme.edge
    }
    contentItem: Item {
        Rectangle {
            id: mark
            anchors.verticalCenter: parent.verticalCenter
            x: ClerkTheme.margin
            width: ClerkTheme.hair
            height: parent.height / 2
            color: words.color
        }
        Text {
            id: words
            objectName: "chipText"
            anchors.verticalCenter: parent.verticalCenter
            anchors.left: mark.right
            anchors.leftMargin: ClerkTheme.gap
            anchors.right: count.left
            anchors.rightMargin: ClerkTheme.gap
            text: chip.desk.away ? chip.desk.words["chip.away"] : chip.desk.reminder !== "" ? chip.desk.words["chip.open"] : chip.desk.stateText
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: chip.desk.away ? ClerkTheme.trouble : ClerkTheme.accent
            font.pixelSize: ClerkTheme.body
            font.weight: Font.DemiBold
        }
        Text {
            id: count
            anchors.verticalCenter: parent.verticalCenter
            anchors.right: parent.right
            anchors.rightMargin: ClerkTheme.margin
            text: chip.desk.keys["fold"]
            textFormat: Text.PlainText
            color: ClerkTheme.soft
            font.pixelSize: ClerkTheme.key
        }
    }
}
