import QtQuick
import Kiosk.Model
import Kiosk.Parts

// What the desk says between its steps: one moment, are you sure, it is recorded.
Item {
    id: desk

    required property ScreenModel screen

    readonly property var words: screen.words
    readonly property string step: screen.deskStep
    readonly property real tall: said.height + Theme.u(Theme.portrait ? 62 : 46)
    readonly property real size: Math.min(Theme.u(Theme.portrait ? 44 : 32), height - said.height - Theme.u(6))
    readonly property string title: step === "asking" ? words["receipt.asking"]
                                    : step === "sending" ? words["receipt.sending"]
                                    : step === "confirm" ? words["receipt.sure"]
                                    : words["receipt.kept." + screen.deskAct] ?? ""

    Image {
        id: sign
        visible: desk.size >= Theme.u(14)
        height: visible ? desk.size : 0
        y: Math.max(0, (parent.height - height - said.height - Theme.u(4)) / 2)
        anchors.horizontalCenter: parent.horizontalCenter
        source: Theme.art("pictures", desk.step === "kept" ? "kept" : desk.step === "confirm" ? "sure" : "paused-waiting")
        sourceSize: Qt.size(Math.max(1, desk.size), Math.max(1, desk.size))
    }
    Column {
        id: said
        y: sign.y + sign.height + Theme.u(4)
        width: parent.width
        spacing: Theme.u(3)
        Words {
            objectName: "desk.note"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: desk.title
            font.pixelSize: Theme.title
            font.bold: true
        }
        Words {
            width: Math.min(parent.width, Theme.u(160))
            anchors.horizontalCenter: parent.horizontalCenter
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 1
            text: desk.step === "confirm" ? desk.words["receipt.sure.text"]
                  : desk.step === "kept" ? desk.words["receipt.kept.text"] : ""
            font.pixelSize: Theme.type(5.8)
            color: Theme.soft
            visible: text !== ""
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: desk.screen.deskCode && (Theme.portrait || desk.step !== "confirm") ? desk.words["receipt.code"].replace("{code}", desk.screen.deskCode) : ""
            color: Theme.soft
            visible: text !== ""
        }
    }
}
