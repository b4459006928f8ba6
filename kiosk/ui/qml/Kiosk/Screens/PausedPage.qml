CalmPage {
    sign: "paused"
    title: words["paused.title"]
    text: screen.pauseReason
    note: words["paused.text"]
}
