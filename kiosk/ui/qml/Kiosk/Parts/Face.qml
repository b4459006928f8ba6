import QtQuick

// One of the five faces: same yellow, same line, same size.
Image {
    required property string level

    source: level ? Theme.assets + "faces/" + level + ".svg" : ""
    sourceSize: Qt.size(width, width)
    height: width
}
