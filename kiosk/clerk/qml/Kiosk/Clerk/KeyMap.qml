import QtQuick
import Kiosk.ClerkModel

// Every key of the console. What it does is refused or told by the view model where it makes no sense.
Item {
    id: map

    required property ConsoleModel desk
    readonly property bool onSheet: desk.sheet !== ""
    readonly property bool onForm: !onSheet && desk.panel === "form" && !desk.folded

    signal toMatter
    signal toCase
    signal toTimes

    Shortcut {
        sequence: "Esc"
        onActivated: map.desk.putAway()
    }
    Shortcut {
        sequence: map.desk.keys["start"]
        onActivated: map.desk.start()
    }
    Shortcut {
        sequence: map.desk.keys["invite"]
        onActivated: map.desk.invite()
    }
    Shortcut {
        sequence: map.desk.keys["call"]
        onActivated: map.desk.askCall()
    }
    Shortcut {
        sequence: map.desk.keys["pause"]
        onActivated: map.desk.pauseOrResume()
    }
    Shortcut {
        sequence: map.desk.keys["cancel"]
        onActivated: map.desk.askCancel()
    }
    Shortcut {
        sequence: map.desk.keys["shift"]
        onActivated: map.desk.askShift()
    }
    Shortcut {
        sequence: map.desk.keys["sign_out"]
        onActivated: map.desk.signOut()
    }
    Shortcut {
        sequence: map.desk.keys["figures"]
        onActivated: map.desk.askFigures()
    }
    Shortcut {
        sequence: map.desk.keys["settings"]
        onActivated: map.desk.askSettings()
    }
    Shortcut {
        sequence: map.desk.keys["fold"]
        onActivated: map.desk.toggleFold()
    }
    Shortcut {
        sequence: map.desk.keys["on_top"]
        onActivated: map.desk.toggleOnTop()
    }
    Shortcut {
        sequence: map.desk.keys["large"]
        onActivated: map.desk.toggleLarge()
    }
    Shortcut {
        sequence: map.desk.keys["language"]
        onActivated: map.desk.switchLanguage()
    }
    Shortcut {
        sequence: map.desk.keys["hot_keys"]
        onActivated: map.desk.toggleHotKeys()
    }
    Shortcut {
        sequence: map.desk.keys["matter"]
        enabled: map.onForm
        onActivated: map.toMatter()
    }
    Shortcut {
        sequence: map.desk.keys["case"]
        enabled: map.onForm
        onActivated: map.toCase()
    }
    Shortcut {
        sequence: map.desk.keys["times"]
        enabled: map.onForm
        onActivated: map.toTimes()
    }
    Shortcut {
        sequence: map.desk.keys["accepted"]
        enabled: map.onForm
        onActivated: map.desk.chooseStage("accepted")
    }
    Shortcut {
        sequence: map.desk.keys["completed"]
        enabled: map.onForm
        onActivated: map.desk.chooseStage("completed")
    }
    Shortcut {
        sequence: map.desk.keys["drop_slip"]
        enabled: map.onForm
        onActivated: map.desk.dropSlip()
    }
    Shortcut {
        sequence: map.desk.keys["first"]
        enabled: map.onSheet
        onActivated: map.desk.choose(0)
    }
    Shortcut {
        sequence: map.desk.keys["second"]
        enabled: map.onSheet
        onActivated: map.desk.choose(1)
    }
    Shortcut {
        sequence: map.desk.keys["third"]
        enabled: map.onSheet
        onActivated: map.desk.choose(2)
    }
    Shortcut {
        sequence: map.desk.keys["fourth"]
        enabled: map.onSheet
        onActivated: map.desk.choose(3)
    }
    Shortcut {
        sequence: map.desk.keys["soon"]
        enabled: map.desk.sheet === "pause"
        onActivated: map.desk.pauseFor(10)
    }
    Shortcut {
        sequence: map.desk.keys["later"]
        enabled: map.desk.sheet === "pause"
        onActivated: map.desk.pauseFor(30)
    }
    Shortcut {
        sequence: map.desk.keys["much_later"]
        enabled: map.desk.sheet === "pause"
        onActivated: map.desk.pauseFor(60)
    }
}
