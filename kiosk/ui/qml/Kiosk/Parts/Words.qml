import QtQuick

// Text to read. Plain, never markup: some of it comes from outside.
Text {
    color: Theme.ink
    font.pixelSize: Theme.body
    lineHeight: 0.9 // CJK fonts stand wide apart by themselves
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
    Accessible.role: Accessible.StaticText
    Accessible.name: text
    Accessible.ignored: text === ""
}
