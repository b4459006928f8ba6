// Out of order: what to do instead, and whom to ask.
CalmPage {
    id: page

    sign: "desk"
    title: words["fault.title"]
    text: screen.faultText

    Plate {
        width: implicitWidth
        height: implicitHeight
        picture: "people"
        above: page.words["fault.ask"]
        text: page.screen.helpText || page.words["fault.ask.desk"]
    }
}
