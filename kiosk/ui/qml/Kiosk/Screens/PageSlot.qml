import QtQuick
import Kiosk.Model

// Holds one page. Made in the background, or at once when it is to be seen before that.
Loader {
    id: slot

    required property ScreenModel screen
    required property string page
    required property bool wanted
    required property bool current
    required property bool leaving

    readonly property var files: ({
        "splash": "SplashPage.qml", "closed": "ClosedPage.qml", "paused": "PausedPage.qml",
        "out_of_order": "OutOfOrderPage.qml", "attract": "AttractPage.qml", "ready": "ReadyPage.qml", "matters": "MattersPage.qml",
        "serving": "ServingPage.qml",
        "handed_to_phone": "HandedToPhonePage.qml", "inviting": "InvitingPage.qml",
        "explaining": "ExplainingPage.qml", "thanks": "ThanksPage.qml"
    })

    // What the page is called, for who does not see it.
    readonly property var titles: ({
        "splash": "splash.title", "closed": "closed.title", "paused": "paused.title", "out_of_order": "fault.title",
        "attract": "ready.title", "ready": "ready.title", "matters": "matters.title", "serving": "serving.label", "handed_to_phone": "phone.title",
        "inviting": "inviting.title", "explaining": "explaining.title", "thanks": "thanks.title"
    })

    Accessible.role: Accessible.Pane
    Accessible.name: screen.words[titles[page]]

    function make(later: bool): void {
        if (status === Loader.Ready || later && status === Loader.Loading)
            return
        // Begun anew, for a loader told to hurry forgets the properties it was to set.
        source = ""
        asynchronous = later
        setSource(files[page], { "screen": screen })
    }

    visible: current || leaving
    onCurrentChanged: if (current) make(false)
    onWantedChanged: if (wanted) make(true)
    Component.onCompleted: if (current) make(false)
}
