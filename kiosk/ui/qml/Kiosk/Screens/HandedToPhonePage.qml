CalmPage {
    sign: "phone"
    title: words["phone.title"]
    text: words["phone.text"]
}
