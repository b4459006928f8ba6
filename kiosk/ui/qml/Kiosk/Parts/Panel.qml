import QtQuick

// A sheet of paper lying on the ground.
Item {
    id: panel

    property color color: Theme.paper
    property color edge: Theme.line
    property real radius: Theme.radius

    Rectangle {
        visible: !Theme.contrast
        y: Theme.hair * 2
        width: panel.width
        height: panel.height
        radius: panel.radius
        color: Theme.line
    }
    Rectangle {
        width: panel.width
        height: panel.height
        radius: panel.radius
        color: panel.color
        border.width: Theme.hair
        border.color: panel.edge
    }
}
