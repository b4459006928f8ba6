import QtQuick

// The time left, as a thin bar and never as a number. Restarts whenever the deadline moves; without motion it is set
// back once a second.
Rectangle {
    id: bar

    required property real deadline
    required property int remaining
    required property int total

    readonly property bool runs: visible && total > 0
    property real share: 0

    function begin(): void {
        share = total > 0 ? remaining / total : 0
        if (runs && !Theme.still)
            run.restart()
        else
            run.stop() // an animation that nobody sees has every frame drawn all the same
    }

    height: Theme.u(1.1)
    radius: height / 2
    color: total > 0 ? Theme.contrast ? Theme.keys : Theme.line : "transparent"
    onDeadlineChanged: begin()
    onRunsChanged: begin()
    Component.onCompleted: begin()

    Rectangle {
        x: Theme.left ? bar.width - width : 0
        width: Math.round(bar.width * bar.share)
        height: parent.height
        radius: parent.radius
        color: Theme.accent
        visible: bar.total > 0
    }
    NumberAnimation {
        id: run
        running: bar.runs && !Theme.still
        target: bar
        property: "share"
        from: bar.total > 0 ? bar.remaining / bar.total : 0
        to: 0
        duration: bar.remaining
    }
    Timer {
        running: bar.runs && Theme.still
        interval: 1000
        repeat: true
        onTriggered: bar.share = Math.max(0, bar.share - interval / bar.total)
    }
}
