import QtQuick
import Kiosk.Parts

// "My earlier rating": the code, what central says of it, and the citizen's own words. The same for every rating.
Sheet {
    id: sheet

    readonly property string step: screen.deskStep
    readonly property bool writing: step === "writing"
    readonly property bool noting: ["asking", "confirm", "sending", "kept"].includes(step)

    onStepChanged: dead.restart()
    title: step === "answer" ? answer.headline
           : step === "code" ? screen.deskHint || words["receipt.ask"] : words["receipt.title"]
    covered: writing
    coveredTop: writer.upper
    acts: step === "code" ? (banded ? 2 : 0)
          : step === "answer" ? 1 + (screen.deskWithdrawn ? 0 : 1) + (screen.deskFound === "unknown" ? 1 : 0)
          : step === "confirm" ? 2 : step === "kept" ? 1 : 0
    wanted: noting ? note.tall : step === "code" ? code.tall : answer.tall

    CodeDesk {
        id: code
        visible: sheet.step === "code"
        anchors.fill: parent
        screen: sheet.screen
        banded: sheet.banded
    }
    AnswerDesk {
        id: answer
        visible: sheet.step === "answer"
        anchors.fill: parent
        screen: sheet.screen
    }
    NoteDesk {
        id: note
        visible: sheet.noting
        anchors.fill: parent
        screen: sheet.screen
    }
    actions: [
        PushButton {
            objectName: "desk.erase"
            visible: sheet.step === "code" && sheet.banded
            label: sheet.words["receipt.erase"]
            size: sheet.small
            width: sheet.share || implicitWidth
            onTapped: sheet.screen.deskErase()
        },
        PushButton {
            objectName: "desk.look"
            visible: sheet.step === "code" && sheet.banded
            primary: true
            label: sheet.words["receipt.look"]
            size: sheet.small
            width: sheet.share || implicitWidth
            onTapped: sheet.screen.deskAsk()
        },
        PushButton {
            objectName: "desk.other"
            visible: sheet.step === "answer" && sheet.screen.deskFound === "unknown"
            label: sheet.words["receipt.other"]
            size: sheet.small
            width: sheet.share || implicitWidth
            onTapped: sheet.screen.deskBack()
        },
        PushButton {
            objectName: "desk.withdraw"
            visible: sheet.step === "answer" && !sheet.screen.deskWithdrawn
            label: sheet.words["receipt.withdraw"]
            size: sheet.small
            width: sheet.share || implicitWidth
            onTapped: sheet.screen.deskBegin("withdraw")
        },
        PushButton {
            objectName: "desk.add"
            visible: sheet.step === "answer"
            label: sheet.words["receipt.add"]
            size: sheet.small
            width: sheet.share || implicitWidth
            onTapped: sheet.screen.deskBegin("add")
        },
        PushButton {
            objectName: "desk.no"
            visible: sheet.step === "confirm"
            label: sheet.words["receipt.sure.no"]
            size: sheet.small
            width: sheet.share || implicitWidth
            onTapped: sheet.screen.deskBack()
        },
        PushButton {
            objectName: "desk.yes"
            visible: sheet.step === "confirm"
            label: sheet.words["receipt.sure.yes"]
            size: sheet.small
            width: sheet.share || implicitWidth
            onTapped: sheet.screen.deskGoOn()
        },
        PushButton {
            objectName: "desk.again"
            visible: sheet.step === "kept"
            label: sheet.words["receipt.again"]
            size: sheet.small
            width: sheet.share || implicitWidth
            onTapped: sheet.screen.deskAsk()
        }
    ]
    WordsDesk {
        id: writer
        parent: sheet
        anchors.fill: parent
        screen: sheet.screen
        visible: sheet.writing
    }
    Item {
        // As after a change of page, but the field keeps its focus.
        objectName: "desk.dead"
        anchors.fill: parent
        parent: sheet
        z: 3
        visible: dead.running
        TapHandler {
            gesturePolicy: TapHandler.ReleaseWithinBounds
        }
        Timer {
            id: dead
            interval: Theme.dead
        }
    }
}
