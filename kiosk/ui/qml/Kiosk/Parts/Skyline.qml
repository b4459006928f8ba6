import QtQuick

// Hills and roofs along the foot of the quiet pages.
Image {
    source: Theme.assets + "pictures/skyline.svg"
    sourceSize.width: width
    fillMode: Image.PreserveAspectCrop
    verticalAlignment: Image.AlignTop
}
