import QtQuick
import Kiosk.Model
import Kiosk.Parts

// Larger type, language, speech, and the way to everything else: in one place on every page.
Row {
    id: toolbar

    required property ScreenModel screen
    property bool stacked: false
    property real room: 0 // shared out evenly where it is given

    readonly property bool several: screen.languages.length > 2
    readonly property real share: room > 0 ? Math.floor((room - 3 * spacing) / 4) : 0

    spacing: stacked ? Math.round(Math.max(Theme.u(2), 2.1 * Theme.mm)) : Theme.gap
    layoutDirection: Theme.left ? Qt.RightToLeft : Qt.LeftToRight

    ToolButton {
        objectName: "large"
        picture: "large"
        label: toolbar.screen.words["tools.large"]
        stacked: toolbar.stacked
        on: toolbar.screen.large
        width: toolbar.share || implicitWidth
        height: toolbar.height
        Accessible.checkable: true
        Accessible.checked: on
        onTapped: toolbar.screen.toggleLook("large")
    }
    ToolButton {
        objectName: "language"
        picture: "language"
        label: toolbar.several ? toolbar.screen.words["tools.languages"] : toolbar.screen.nextLanguageName
        stacked: toolbar.stacked
        width: toolbar.share || implicitWidth
        height: toolbar.height
        onTapped: toolbar.several ? toolbar.screen.openSheet("languages") : toolbar.screen.switchLanguage()
    }
    ToolButton {
        objectName: "spoken"
        picture: "spoken"
        label: toolbar.screen.words["tools.spoken"]
        stacked: toolbar.stacked
        on: toolbar.screen.spoken
        width: toolbar.share || implicitWidth
        height: toolbar.height
        Accessible.checkable: true
        Accessible.checked: on
        onTapped: toolbar.screen.toggleLook("spoken")
    }
    ToolButton {
        objectName: "assist"
        picture: "assist"
        label: toolbar.screen.words["tools.assist"]
        stacked: toolbar.stacked
        width: toolbar.share || implicitWidth
        height: toolbar.height
        onTapped: toolbar.screen.openSheet("assist")
    }
}
