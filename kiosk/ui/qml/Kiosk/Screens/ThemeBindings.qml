import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The theme follows the glass, this citizen's looks and the hall's own colours.
Item {
    id: bindings

    required property ScreenModel screen
    required property Item glass

    // The inches of a screen we fill, where it tells them: 72, 96 and 100 dots to the inch are what is said for want of
    // knowing, and what is smaller than a telephone or larger than a wall is not believed.
    function measured(density: real, width: int, height: int): real {
        const inches = Math.sqrt(width * width + height * height) / (density * 25.4)
        const made = [72, 96, 100].some(one => Math.abs(density * 25.4 - one) < 0.6)
        return width !== glass.width || height !== glass.height || made || !(inches > 6 && inches < 60) ? 0 : inches
    }

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
        property: "measuredInches"
        value: bindings.measured(bindings.Screen.pixelDensity, bindings.Screen.width, bindings.Screen.height)
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
