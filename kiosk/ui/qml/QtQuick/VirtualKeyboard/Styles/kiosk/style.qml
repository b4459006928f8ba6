import QtQuick
import QtQuick.VirtualKeyboard
import QtQuick.VirtualKeyboard.Styles
import Kiosk.Parts

// The keyboard in the colours of the screen. The keyboard finds this file by its folder.
KeyboardStyle {
    keyboardDesignWidth: 2560
    keyboardDesignHeight: 840
    keyboardRelativeLeftMargin: 12 / keyboardDesignWidth
    keyboardRelativeRightMargin: 12 / keyboardDesignWidth
    keyboardRelativeTopMargin: 12 / keyboardDesignHeight
    keyboardRelativeBottomMargin: 18 / keyboardDesignHeight

    keyboardBackground: Rectangle {
        color: Theme.keys
    }

    keyPanel: LetterKey {}
    spaceKeyPanel: LetterKey {
        small: true
        text: Qt.locale(InputContext.locale).nativeLanguageName
    }
    symbolKeyPanel: LetterKey {
        quiet: true
        small: true
    }
    modeKeyPanel: symbolKeyPanel
    backspaceKeyPanel: SignKey { sign: "backspace" }
    languageKeyPanel: SignKey { sign: "language" }
    enterKeyPanel: SignKey { sign: "enter" }
    hideKeyPanel: SignKey { sign: "hide" }
    handwritingKeyPanel: languageKeyPanel
    shiftKeyPanel: SignKey { sign: control?.uppercased ? "shift-on" : "shift" }

    characterPreviewDelegate: Item {
        id: preview

        property string text
        property string flickLeft
        property string flickRight
        property string flickTop
        property string flickBottom

        Rectangle {
            anchors.fill: parent
            radius: Theme.u(1.2)
            color: Theme.accent
        }
        Text {
            anchors.centerIn: parent
            text: preview.text
            color: Theme.accentInk
            font.pixelSize: Theme.u(7)
        }
    }

    alternateKeysListItemWidth: Theme.u(11)
    alternateKeysListItemHeight: Theme.u(13)
    alternateKeysListDelegate: Item {
        id: alternate

        required property string text

        width: Theme.u(11)
        height: Theme.u(13)
        Text {
            anchors.centerIn: parent
            text: alternate.text
            color: Theme.ink
            font.pixelSize: Theme.u(5.4)
        }
    }
    alternateKeysListHighlight: Rectangle {
        color: Theme.accentSoft
        radius: Theme.u(1.2)
    }
    alternateKeysListBackground: Rectangle {
        color: Theme.paper
        border.color: Theme.edge
        radius: Theme.u(1.2)
    }

    selectionListHeight: Theme.candidates
    selectionListDelegate: Candidate {}
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
