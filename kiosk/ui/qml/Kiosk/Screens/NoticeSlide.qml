import QtQuick
import Kiosk.Model
import Kiosk.Parts

// One notice of the hall: its picture, or a sign of ours where it has none, beside its words (above, in portrait).
Item {
    id: slide

    required property ScreenModel screen
    required property int which

    readonly property bool upright: Theme.portrait
    readonly property string key: screen.noticePictureKeys[which] ?? ""

    Panel {
        id: paper
        width: slide.upright ? parent.width : Math.min(parent.width * 0.4, parent.height * 4 / 3)
        height: Math.min(width * 3 / 4, parent.height * (slide.upright ? 0.56 : 1))
        x: Theme.at(0, width, parent.width)
        y: slide.upright ? 0 : (parent.height - height) / 2
        Image {
            readonly property real size: Math.min(parent.width, parent.height) * 0.62

            anchors.centerIn: parent
            visible: slide.key === ""
            source: Theme.art("pictures", "notice")
            sourceSize: Qt.size(size, size)
        }
        Image {
            anchors.fill: parent
            anchors.margins: Theme.hair * 2
            visible: slide.key !== ""
            source: slide.key ? "image://kiosk/notice" + slide.which + "/" + slide.key : ""
            sourceSize: Qt.size(width, height)
            fillMode: Image.PreserveAspectFit
            cache: false
        }
    }
    Column {
        id: words

        readonly property real most: slide.upright ? parent.height - y : parent.height

        x: slide.upright ? 0 : Theme.at(paper.width + Theme.u(10), width, parent.width)
        y: slide.upright ? paper.height + Theme.u(10) : Math.max(0, (parent.height - height) / 2)
        width: slide.upright ? parent.width : parent.width - paper.width - Theme.u(10)
        spacing: Theme.u(slide.upright ? 5 : 3)
        Words {
            id: kind
            text: slide.screen.words["attract.notice"]
            font.pixelSize: Theme.small
            font.bold: true
            color: Theme.accent
        }
        Words {
            id: title
            width: parent.width
            text: slide.screen.noticeTitles[slide.which] ?? ""
            font.pixelSize: Theme.title
            font.bold: true
            maximumLineCount: 3
            elide: Text.ElideRight
        }
        Words {
            width: parent.width
            height: Math.min(natural.height, words.most - kind.height - title.height - 2 * words.spacing)
            text: slide.screen.noticeTexts[slide.which] ?? ""
            font.pixelSize: Theme.label
            fontSizeMode: Text.Fit
            minimumPixelSize: Math.ceil(Theme.leastType)
            color: Theme.soft
            elide: Text.ElideRight
            visible: text !== ""
        }
    }
    Words {
        id: natural // as tall as the text would like to be
        visible: false
        width: words.width
        text: slide.screen.noticeTexts[slide.which] ?? ""
        font.pixelSize: Theme.label
    }
}
