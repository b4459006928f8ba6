import Kiosk.Parts

Page {
    id: page

    Skyline {}
    Greeting {
        y: Math.round(Theme.height * 0.4) - Theme.header
        title: page.words["splash.title"]
        text: page.words["splash.text"]
    }
}
