pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// How far a rating has come, in three steps; told by mark, words and weight, not by colour alone.
Item {
    id: way

    required property var words
    required property int reached

    readonly property real part: width / 3
    readonly property real size: Theme.u(10)

    implicitHeight: size + Theme.u(2) + Math.ceil(Theme.body * 1.3)

    Rectangle {
        x: way.part / 2
        y: (way.size - height) / 2
        width: 2 * way.part
        height: Theme.u(1)
        color: Theme.line
    }
    Rectangle {
        x: way.part / 2
        y: (way.size - height) / 2
        width: way.reached * way.part
        height: Theme.u(1)
        color: Theme.accent
    }
    Repeater {
        model: ["received", "in_hand", "answered"]
        Item {
            id: one

            required property int index
            required property string modelData
            readonly property bool done: index <= way.reached

            x: index * way.part
            width: way.part
            height: way.height
            Rectangle {
                anchors.horizontalCenter: parent.horizontalCenter
                width: way.size
                height: width
                radius: width / 2
                color: one.done ? Theme.accent : Theme.paper
                border.width: Theme.hair * 2
                border.color: one.done ? Theme.accent : Theme.edge
                Image {
                    anchors.centerIn: parent
                    visible: one.done
                    source: Theme.art("pictures", "done")
                    sourceSize: Qt.size(Theme.u(6), Theme.u(6))
                }
            }
            Words {
                width: parent.width
                y: way.size + Theme.u(2)
                horizontalAlignment: Text.AlignHCenter
                text: way.words["receipt.step." + one.modelData]
                font.bold: one.index === way.reached
                color: one.done ? Theme.ink : Theme.soft
                wrapMode: Text.NoWrap
                fontSizeMode: Text.HorizontalFit
                minimumPixelSize: Math.ceil(Theme.leastType)
                Accessible.ignored: one.index !== way.reached
            }
        }
    }
}
