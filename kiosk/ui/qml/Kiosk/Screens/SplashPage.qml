CalmPage {
    title: words["splash.title"]
    text: words["splash.text"]
}
