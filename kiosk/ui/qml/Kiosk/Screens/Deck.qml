pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Model
import Kiosk.Parts

// The slides of the attract page and the dots below them. One slides in every nine seconds, or simply stands there where
// the citizen wants no motion; not one frame is drawn in between.
Item {
    id: deck

    required property ScreenModel screen
    required property bool going

    readonly property list<string> slides: ["how", ...screen.noticeTitles.map((title, at) => "notice"),
                                            ...(screen.hourDays.length > 0 ? ["hours"] : [])]
    property int at: 0
    property int gone: -1
    property real offset: 0

    function next(): void {
        gone = at
        at = (at + 1) % slides.length
        slide.restart()
    }

    onSlidesChanged: if (at >= slides.length) at = 0
    onGoingChanged: {
        slide.stop()
        gone = -1
        offset = 0
    }
    clip: true

    Timer {
        running: deck.going && deck.slides.length > 1
        interval: 9000
        repeat: true
        onTriggered: deck.next()
    }
    NumberAnimation {
        id: slide
        target: deck
        property: "offset"
        from: 1
        to: 0
        duration: Theme.slide
        easing.type: Easing.OutCubic
        onFinished: deck.gone = -1
    }
    Repeater {
        model: deck.slides
        Loader {
            id: frame

            required property int index
            required property string modelData
            readonly property bool current: index === deck.at

            active: current || index === deck.gone
            x: Theme.margin + Math.round((current ? deck.offset : deck.offset - 1) * deck.width)
            y: Theme.u(Theme.portrait ? 8 : 5)
            width: deck.width - 2 * Theme.margin
            height: deck.height - y - dots.height - Theme.u(6)
            sourceComponent: modelData === "how" ? how : modelData === "hours" ? hours : notice

            Component {
                id: how
                HowSlide {
                    words: deck.screen.words
                }
            }
            Component {
                id: hours
                HoursSlide {
                    screen: deck.screen
                }
            }
            Component {
                id: notice
                NoticeSlide {
                    screen: deck.screen
                    which: frame.index - 1
                }
            }
        }
    }
    Row {
        id: dots
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.u(2)
        spacing: Theme.u(2.4)
        visible: deck.slides.length > 1
        Repeater {
            model: deck.slides.length
            Rectangle {
                required property int index

                width: Theme.u(index === deck.at ? 7 : 2.2)
                height: Theme.u(2.2)
                radius: height / 2
                color: index === deck.at ? Theme.accent : Theme.edge
            }
        }
    }
}
