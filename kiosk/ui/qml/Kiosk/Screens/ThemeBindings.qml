import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The theme follows the glass, this citizen's looks and the hall's own colours.
Item {
    id: bindings

    required property ScreenModel screen
    required property Item glass

    Binding {
        target: Theme
        property: "width"
        value: bindings.glass.width
        when: bindings.glass.width > 0
    }
    Binding {
        target: Theme
        property: "height"
        value: bindings.glass.height
        when: bindings.glass.height > 0
    }
    Binding {
        target: Theme
        property: "large"
        value: bindings.screen.large
    }
    Binding {
        target: Theme
        property: "contrast"
        value: bindings.screen.contrast
    }
    Binding {
        target: Theme
        property: "still"
        value: bindings.screen.still
    }
    Binding {
        target: Theme
        property: "low"
        value: bindings.screen.low
    }
    Binding {
        target: Theme
        property: "left"
        value: bindings.screen.left
    }
    Binding {
        target: Theme
        property: "wishedAccent"
        value: bindings.screen.accent
    }
    Binding {
        target: Theme
        property: "wishedGround"
        value: bindings.screen.background
    }
}
