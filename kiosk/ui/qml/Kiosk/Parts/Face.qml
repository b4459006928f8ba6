import QtQuick

// One of the five faces: same yellow, same line, same size.
Image {
    required property string level

    source: level ? Theme.art("faces", level) : ""
    sourceSize: Qt.size(width, width)
    height: width
}
