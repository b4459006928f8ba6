import QtQuick
import Kiosk.Parts

// The first frame, with as little behind it as can be: no model, no pictures.
Rectangle {
    id: first

    required property string title
    required property string text

    color: Theme.ground

    Greeting {
        title: first.title
        text: first.text
    }
}
