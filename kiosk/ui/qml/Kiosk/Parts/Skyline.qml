import QtQuick

// Hills and roofs along the foot of the quiet pages.
Image {
    anchors.bottom: parent ? parent.bottom : undefined
    width: parent ? parent.width : 0
    height: Theme.portrait ? Theme.u(38) : width / 8
    source: Theme.art("pictures", "skyline")
    sourceSize.height: height
    fillMode: Image.PreserveAspectCrop
    verticalAlignment: Image.AlignBottom
}
