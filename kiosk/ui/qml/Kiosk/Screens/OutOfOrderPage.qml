CalmPage {
    sign: "desk"
    title: words["fault.title"]
    text: screen.faultText
}
