pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.VirtualKeyboard
import QtQuick.VirtualKeyboard.Styles
import Kiosk.Parts

// The keyboard in the colours of the screen. The keyboard finds this file by its folder.
KeyboardStyle {
    id: kiosk

    readonly property real corner: 16 * scaleHint

    keyboardDesignWidth: 2560
    keyboardDesignHeight: 840
    keyboardRelativeLeftMargin: 12 / keyboardDesignWidth
    keyboardRelativeRightMargin: 12 / keyboardDesignWidth
    keyboardRelativeTopMargin: 12 / keyboardDesignHeight
    keyboardRelativeBottomMargin: 18 / keyboardDesignHeight

    keyboardBackground: Rectangle {
        color: Theme.keys
    }

    keyPanel: LetterKey { grid: kiosk.scaleHint }
    spaceKeyPanel: LetterKey {
        grid: kiosk.scaleHint
        small: true
        text: Qt.locale(InputContext.locale).nativeLanguageName
    }
    symbolKeyPanel: LetterKey { grid: kiosk.scaleHint; quiet: true; small: true }
    modeKeyPanel: LetterKey { grid: kiosk.scaleHint; quiet: true; small: true }
    backspaceKeyPanel: SignKey { grid: kiosk.scaleHint; sign: "backspace" }
    languageKeyPanel: SignKey { grid: kiosk.scaleHint; sign: "language" }
    enterKeyPanel: SignKey { grid: kiosk.scaleHint; sign: "enter" }
    hideKeyPanel: SignKey { grid: kiosk.scaleHint; sign: "hide" }
    handwritingKeyPanel: SignKey { grid: kiosk.scaleHint; sign: "language" }
    shiftKeyPanel: SignKey { grid: kiosk.scaleHint; sign: control?.uppercased ? "shift-on" : "shift" }

    characterPreviewMargin: 0
    characterPreviewDelegate: Item {
        property string text
        property string flickLeft
        property string flickRight
        property string flickTop
        property string flickBottom

        Rectangle {
            anchors.fill: parent
            radius: kiosk.corner
            color: Theme.accent
        }
        Text {
            anchors.centerIn: parent
            text: parent.text
            color: Theme.accentInk
            font.pixelSize: 90 * kiosk.scaleHint
        }
    }

    alternateKeysListItemWidth: 120 * scaleHint
    alternateKeysListItemHeight: 160 * scaleHint
    alternateKeysListDelegate: Item {
        id: alternate
        required property string text

        width: kiosk.alternateKeysListItemWidth
        height: kiosk.alternateKeysListItemHeight
        Text {
            anchors.centerIn: parent
            text: alternate.text
            color: Theme.ink
            font.pixelSize: 64 * kiosk.scaleHint
        }
    }
    alternateKeysListHighlight: Rectangle {
        color: Theme.accentSoft
        radius: kiosk.corner
    }
    alternateKeysListBackground: Rectangle {
        color: Theme.paper
        border.color: Theme.edge
        radius: kiosk.corner
    }

    selectionListHeight: Theme.candidates
    selectionListDelegate: SelectionListItem {
        id: candidate
        width: Math.max(word.implicitWidth + Theme.u(8), Theme.target)
        Text {
            id: word
            anchors.centerIn: parent
            text: typeof display === "undefined" ? "" : display // qmllint disable unqualified
            color: Theme.ink
            font.pixelSize: Theme.u(6.2)
        }
        Rectangle {
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.hair
            height: parent.height / 2
            color: Theme.line
        }
    }
    selectionListHighlight: Rectangle {
        color: Theme.accentSoft
    }
    selectionListBackground: Rectangle {
        color: Theme.paper
    }

    popupListDelegate: selectionListDelegate
    popupListBackground: alternateKeysListBackground
    popupListHighlight: alternateKeysListHighlight
    languageListDelegate: selectionListDelegate
    languageListBackground: alternateKeysListBackground
    languageListHighlight: alternateKeysListHighlight
    selectionHandle: Item {}
}
