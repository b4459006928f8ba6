import QtQuick
import Kiosk.Model
import Kiosk.Parts

// One way of showing or saying, what it does, and whether it is on: by the switch's place, its mark and its words.
Tap {
    id: toggle

    required property ScreenModel screen
    required property string name
    required property bool on

    readonly property bool cramped: height < Theme.small * 2.2 + Theme.body * 1.4

    objectName: "assist." + name
    label: screen.words["assist." + name] ?? ""
    Accessible.role: Accessible.CheckBox
    Accessible.checkable: true
    Accessible.checked: on
    Accessible.description: screen.words["assist." + name + ".text"] ?? ""
    onTapped: screen.toggleLook(name)

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: toggle.pressed ? Theme.accentSoft : Theme.paper
        border.width: toggle.on ? Theme.hair * 3 : Theme.hair
        border.color: toggle.on ? Theme.accent : Theme.edge
    }
    Column {
        x: Theme.at(Theme.u(5), width, parent.width)
        width: parent.width - track.width - Theme.u(12)
        anchors.verticalCenter: parent.verticalCenter
        Words {
            width: parent.width
            text: toggle.label
            font.bold: true
            elide: Text.ElideRight
            maximumLineCount: 1
            Accessible.ignored: true
        }
        Words {
            width: parent.width
            text: toggle.screen.words["assist." + toggle.name + ".text"] ?? ""
            font.pixelSize: toggle.cramped ? Theme.leastType : Theme.small
            color: Theme.soft
            maximumLineCount: 2
            elide: Text.ElideRight
            Accessible.ignored: true
        }
    }
    Rectangle {
        id: track
        x: Theme.at(parent.width - width - Theme.u(5), width, parent.width)
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.u(17)
        height: Theme.u(9)
        radius: height / 2
        color: toggle.on ? Theme.accent : Theme.paper
        border.width: Theme.hair * 2
        border.color: toggle.on ? Theme.accent : Theme.faint
        Rectangle {
            x: toggle.on ? parent.width - width - Theme.u(1.2) : Theme.u(1.2)
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.u(6.6)
            height: width
            radius: width / 2
            color: toggle.on ? Theme.accentInk : Theme.faint
        }
    }
}
