pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Kiosk.ClerkModel

// A matter, by initials or any part of its name or code: type, Down and Up, Enter; or press one of those shown.
Field {
    id: field

    required property ConsoleModel desk

    signal chosen

    objectName: "matter"
    label: desk.words["visit.matter_hint"]
    text: desk.matterText
    maximumLength: 200
    faulty: desk.troublePlace === "matter"

    onTextEdited: desk.typeMatter(text)
    onActiveFocusChanged: {
        if (activeFocus)
            Qt.callLater(selectAll); // after a press has put the cursor somewhere
        else
            desk.closeList();
    }
    Keys.onDownPressed: desk.moveHighlight(1)
    Keys.onUpPressed: desk.moveHighlight(-1)
    Keys.onReturnPressed: take()
    Keys.onEnterPressed: take()

    function take() {
        if (desk.listOpen)
            desk.pickMatter(desk.highlighted);
        field.chosen();
    }

    Popup {
        objectName: "matterList"
        y: field.height + ClerkTheme.hair
        width: field.width
        height: Math.min(list.contentHeight, 4 * ClerkTheme.row) + 2
        padding: 1
        visible: field.desk.listOpen
        focus: false
        closePolicy: Popup.NoAutoClose

        background: Rectangle {
            radius: ClerkTheme.radius
            color: ClerkTheme.paper
            border.width: 1
            border.color: ClerkTheme.edge
        }
        contentItem: ListView {
            id: list
            clip: true
            model: field.desk.matchNames
            currentIndex: field.desk.highlighted
            boundsBehavior: Flickable.StopAtBounds

            delegate: Rectangle {
                id: row

                required property int index
                required property string modelData

                width: ListView.view.width
                height: ClerkTheme.row
                color: ListView.isCurrentItem ? ClerkTheme.accentSoft : ClerkTheme.paper
                radius: ClerkTheme.radius

                Column {
                    anchors.verticalCenter: parent.verticalCenter
                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: ClerkTheme.margin
                    Text {
                        width: parent.width
                        text: row.modelData
                        textFormat: Text.PlainText
                        elide: Text.ElideMiddle
                        color: ClerkTheme.ink
                        font.pixelSize: ClerkTheme.body
                    }
                    Text {
                        width: parent.width
                        text: field.desk.matchCodes[row.index] ?? ""
                        textFormat: Text.PlainText
                        elide: Text.ElideRight
                        color: ClerkTheme.soft
                        font.pixelSize: ClerkTheme.key
                    }
                }
                TapHandler {
                    onTapped: {
                        field.desk.pickMatter(row.index);
                        field.chosen();
                    }
                }
                Accessible.role: Accessible.ListItem
                Accessible.name: modelData
            }
        }
    }
}
