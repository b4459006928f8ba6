import QtQuick

// The clerk's photo, three to four; a silhouette where there is none.
Item {
    id: photo

    required property string key

    width: height * 3 / 4

    Image {
        anchors.fill: parent
        visible: photo.key === ""
        source: Theme.art("pictures", "staff")
        sourceSize: Qt.size(photo.width, photo.height)
    }
    Image {
        anchors.fill: parent
        visible: photo.key !== ""
        source: photo.key ? "image://kiosk/photo/" + photo.key : ""
        sourceSize: Qt.size(photo.width, photo.height)
        cache: false
    }
}
