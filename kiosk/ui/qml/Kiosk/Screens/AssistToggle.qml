import QtQuick
import Kiosk.Model
import Kiosk.Parts

// One way of showing or saying, what it does, and whether it is on: by the switch's place, its mark and its words.
Tap {
    id: toggle

    required property ScreenModel screen
    required property string name
    required property bool on

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
    Words {
        id: title
        x: Theme.at(Theme.u(5), width, parent.width)
        y: Math.max(Theme.u(1), Math.round((parent.height - height - what.height) / 2))
        width: parent.width - track.width - Theme.u(14)
        text: toggle.label
        font.pixelSize: Math.min(Theme.body, toggle.height * 0.36)
        font.bold: true
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: Math.round(font.pixelSize * 0.6)
        wrapMode: Text.NoWrap
        Accessible.ignored: true
    }
    Words {
        id: what
        x: title.x
        y: title.y + title.height
        width: title.width
        text: toggle.screen.words["assist." + toggle.name + ".text"] ?? ""
        font.pixelSize: Math.max(Theme.leastType, Math.min(Theme.small, toggle.height * 0.27))
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: Math.round(Theme.leastType * 0.5) // small rather than cut, in a language of long words
        wrapMode: Text.NoWrap
        color: Theme.soft
        elide: Text.ElideRight
        Accessible.ignored: true
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
