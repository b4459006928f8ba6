import QtQuick
import Kiosk.Parts

// The very first frame, before the pages and the model are there: what the program is, and that it is starting.
Rectangle {
    id: threshold

    required property string title
    required property string text

    color: Theme.ground

    Greeting {
        title: threshold.title
        text: threshold.text
    }
}
