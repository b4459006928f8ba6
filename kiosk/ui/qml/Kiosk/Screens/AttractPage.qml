import QtQuick

// At rest and untouched: the ready page, until a touch.
ReadyPage {
    id: page

    TapHandler {
        onTapped: page.screen.wake()
    }
}
