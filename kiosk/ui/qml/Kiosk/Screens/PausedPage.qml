// Paused, in one of three kinds or in the hall's own words, and until when.
CalmPage {
    id: page

    readonly property string kind: screen.pauseKind

    sign: kind ? "paused-" + kind.replace(/_/g, "-") : "paused"
    title: words["paused.title"]
    text: screen.pauseReason
    note: words[kind ? "paused.text." + kind : "paused.text"] ?? ""

    Plate {
        visible: page.screen.pauseUntil !== ""
        width: implicitWidth
        height: implicitHeight
        picture: "clock"
        text: page.screen.pauseUntil
    }
}
