import QtQuick
import Kiosk.Parts

// "My earlier rating": the code, what central says of it, and the citizen's own words. The same for every rating.
Sheet {
    id: sheet

    readonly property string step: screen.deskStep
    readonly property bool writing: step === "writing"
    readonly property bool noting: ["asking", "confirm", "sending", "kept"].includes(step)

    title: step === "answer" ? answer.headline : words["receipt.title"]
    covered: writing
    coveredTop: writer.upper
    acting: step !== "code" || banded
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
            onTapped: sheet.screen.deskErase()
        },
        PushButton {
            objectName: "desk.look"
            visible: sheet.step === "code" && sheet.banded
            primary: true
            label: sheet.words["receipt.look"]
            onTapped: sheet.screen.deskAsk()
        },
        PushButton {
            objectName: "desk.other"
            visible: sheet.step === "answer"
            label: sheet.words["receipt.other"]
            onTapped: sheet.screen.deskBack()
        },
        PushButton {
            objectName: "desk.withdraw"
            visible: sheet.step === "answer" && !sheet.screen.deskWithdrawn
            label: sheet.words["receipt.withdraw"]
            onTapped: sheet.screen.deskBegin("withdraw")
        },
        PushButton {
            objectName: "desk.add"
            visible: sheet.step === "answer"
            label: sheet.words["receipt.add"]
            onTapped: sheet.screen.deskBegin("add")
        },
        PushButton {
            objectName: "desk.no"
            visible: sheet.step === "confirm"
            label: sheet.words["receipt.sure.no"]
            onTapped: sheet.screen.deskBack()
        },
        PushButton {
            objectName: "desk.yes"
            visible: sheet.step === "confirm"
            label: sheet.words["receipt.sure.yes"]
            onTapped: sheet.screen.deskGoOn()
        },
        PushButton {
            objectName: "desk.again"
            visible: sheet.step === "kept"
            label: sheet.words["receipt.again"]
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
}
