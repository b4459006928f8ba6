pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Parts

// The citizen goes on with their own phone: its code, large, the three steps, and the way back to this glass.
Page {
    id: page

    readonly property bool upright: Theme.portrait
    readonly property real inner: width - 2 * Theme.margin
    readonly property list<string> steps: [...(code.fits ? [words["phone.step.1"]] : []), words["phone.step.2"], words["phone.step.3"]]
    readonly property real high: page.strip - Theme.u(upright ? 8 : 4) // above what is pressed

    Skyline {}
    Panel {
        id: slip
        width: page.upright ? Math.min(page.inner, Theme.u(96)) : height
        height: page.upright ? width : Math.min(page.high - Theme.u(4), Theme.u(Theme.large ? 74 : 90))
        x: page.upright ? Math.round((page.width - width) / 2) : Theme.at(Theme.margin, width, page.width)
        y: page.upright ? title.y + title.height + Theme.u(8) : Math.max(Theme.u(4), Math.round((page.high - height) / 2))

        PhoneCode {
            id: code
            anchors.centerIn: parent
            screen: page.screen
            room: slip.width - Theme.u(8)
            ease: 5
        }
        Image {
            anchors.centerIn: parent
            visible: !code.fits
            source: Theme.art("pictures", "phone")
            sourceSize: Qt.size(slip.width * 0.6, slip.width * 0.6)
        }
    }
    Words {
        id: title
        x: page.upright ? Theme.margin : Theme.at(Theme.margin + slip.width + Theme.u(12), width, page.width)
        y: page.upright ? Math.max(Theme.u(6), Math.round((page.high - height - slip.height - steps.height - Theme.u(20)) / 2.6))
                        : slip.y + Math.max(0, Math.round((slip.height - height - steps.height - steps.below) / 2))
        width: page.upright ? page.inner : page.inner - slip.width - Theme.u(12)
        horizontalAlignment: page.upright ? Text.AlignHCenter : Text.AlignLeft
        text: page.words["phone.title"]
        font.pixelSize: Theme.large && !page.upright ? Theme.label : page.upright ? Theme.display : Theme.title
        font.bold: true
    }
    Column {
        id: steps

        readonly property real below: Theme.u(Theme.large ? 5 : 8)
        readonly property real tallest: (page.upright ? Theme.u(40) : page.high - title.height - below - 2 * spacing) / 3

        x: page.upright ? (page.width - width) / 2 : title.x
        y: page.upright ? slip.y + slip.height + Theme.u(12) : title.y + title.height + below
        width: page.upright ? Math.min(page.inner, Theme.u(130)) : title.width
        spacing: Theme.u(page.upright ? 6 : Theme.large ? 2.5 : 5)
        Repeater {
            model: page.steps
            Item {
                id: step

                required property int index
                required property string modelData

                width: steps.width
                height: Math.max(number.height, line.height)
                Words {
                    id: number
                    text: step.index + 1
                    color: Theme.accent
                    font.pixelSize: Theme.label
                    font.bold: true
                }
                Words {
                    id: line
                    x: Theme.u(8 * Theme.grow)
                    width: parent.width - x
                    height: Math.min(implicitHeight, steps.tallest)
                    text: step.modelData
                    fontSizeMode: Text.Fit
                    minimumPixelSize: Theme.leastType
                    font.pixelSize: page.upright ? Theme.label : Theme.large ? Theme.body : Theme.type(5.8)
                }
            }
        }
    }
    TimeBar {
        x: page.upright ? Theme.margin : Theme.at(Theme.margin, width, page.width)
        y: page.upright ? page.strip - Theme.u(4.6) : page.strip + Math.round((Theme.target - height) / 2)
        width: page.upright ? page.inner : page.inner - here.width - Theme.u(6)
        deadline: page.screen.deadline
        remaining: page.screen.timeLeft
        total: page.screen.timeTotal
    }
    PushButton {
        id: here
        objectName: "take_back"
        label: page.words["phone.back"]
        size: Theme.label
        x: page.upright ? Theme.margin : Theme.at(page.width - width - Theme.margin, width, page.width)
        y: page.strip
        width: page.upright ? page.inner : Math.max(implicitWidth, Theme.u(52))
        height: Theme.target
        onTapped: page.screen.takeBack()
    }
}
