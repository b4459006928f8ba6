// The citizen goes on with their own phone.
CalmPage {
    sign: "phone"
    title: words["phone.title"]
    text: words["phone.text"]
}
