import QtQuick

// The time left, as a thin bar and never as a number. Restarts whenever the deadline moves.
Rectangle {
    id: bar

    required property real deadline
    required property int remaining
    required property int total

    height: Theme.u(1.1)
    radius: height / 2
    color: total > 0 ? Theme.line : "transparent"
    onDeadlineChanged: run.restart()

    Rectangle {
        id: rest
        height: parent.height
        radius: parent.radius
        color: Theme.accent
        visible: bar.total > 0
    }
    NumberAnimation {
        id: run
        running: bar.visible && bar.total > 0
        target: rest
        property: "width"
        from: bar.total > 0 ? bar.width * bar.remaining / bar.total : 0
        to: 0
        duration: bar.remaining
    }
}
