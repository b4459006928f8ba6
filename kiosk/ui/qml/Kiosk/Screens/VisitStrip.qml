import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Who served and what was done, quietly, above the question.
Item {
    id: strip

    required property ScreenModel screen
    property bool brief: false

    implicitHeight: Theme.portrait ? what.y + what.height : photo.height

    StaffPhoto {
        id: photo
        key: strip.screen.photoKey
        height: Theme.u(Theme.portrait ? 24 : 18)
    }
    Column {
        id: who
        anchors.verticalCenter: photo.verticalCenter
        x: photo.width + Theme.u(4.5)
        width: Theme.portrait ? parent.width - x : Theme.u(52)
        spacing: Theme.u(Theme.portrait ? 0.6 : 0.2)
        Words {
            width: parent.width
            text: [strip.screen.windowNumber, strip.screen.windowName].filter(one => one !== "").join(" · ")
            font.pixelSize: Theme.u(Theme.portrait ? 4.8 : 4)
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.u(3.4)
            color: Theme.soft
            elide: Text.ElideRight
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            text: strip.screen.staffName
            font.pixelSize: Theme.u(Theme.portrait ? 7 : 5.6)
            font.bold: true
            elide: Text.ElideRight
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            text: strip.screen.staffNumber
            font.pixelSize: Theme.u(Theme.portrait ? 4.8 : 4)
            color: Theme.soft
        }
    }
    Rectangle {
        visible: !Theme.portrait
        x: who.x + who.width + Theme.u(3)
        y: Theme.u(1)
        width: Theme.hair
        height: photo.height - Theme.u(2)
        color: Theme.line
    }
    Column {
        id: what
        visible: !strip.brief
        x: Theme.portrait ? 0 : who.x + who.width + Theme.u(9)
        y: Theme.portrait ? photo.height + Theme.u(5) : (photo.height - height) / 2
        width: parent.width - x
        spacing: Theme.u(Theme.portrait ? 0.6 : 0.2)
        Words {
            width: parent.width
            text: strip.screen.words["visit.label"]
            font.pixelSize: Theme.u(Theme.portrait ? 4.8 : 4)
            color: Theme.soft
        }
        Words {
            width: parent.width
            text: strip.screen.matter
            font.pixelSize: Theme.u(Theme.portrait ? 6.4 : 5.6)
            font.bold: true
            fontSizeMode: Theme.portrait ? Text.FixedSize : Text.HorizontalFit
            minimumPixelSize: Theme.u(4.4)
            elide: Text.ElideRight
            wrapMode: Theme.portrait ? Text.Wrap : Text.NoWrap
            maximumLineCount: Theme.portrait ? 2 : 1
        }
        Words {
            width: parent.width
            text: strip.screen.caseNumber
            font.pixelSize: Theme.u(Theme.portrait ? 4.8 : 4)
            color: Theme.soft
        }
    }
}
