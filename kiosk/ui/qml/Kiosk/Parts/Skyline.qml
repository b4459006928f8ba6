import QtQuick

// Hills and roofs along the foot of the quiet pages; not in high contrast, where nothing lies behind words.
Image {
    visible: !Theme.contrast
    anchors.bottom: parent ? parent.bottom : undefined
    width: parent ? parent.width : 0
    height: Theme.portrait ? Theme.u(38) : width / 8
    source: Theme.art("pictures", "skyline")
    sourceSize.height: height
    fillMode: Image.PreserveAspectCrop
    verticalAlignment: Image.AlignBottom
}
