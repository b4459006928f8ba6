import QtQuick

// The citizen's search for the matter.
Sheet {
    id: sheet

    title: screen.searchTyped.split("").join(" ") || words["search.title"]
    wanted: banded ? reach : 0

    MatterSearch {
        anchors.fill: parent
        screen: sheet.screen
        labels: sheet.screen.foundLabels
        begun: sheet.screen.searchTyped !== ""
        letters: sheet.screen.searchLetters
        onLetter: one => sheet.screen.searchType(one)
        onErased: sheet.screen.searchErase()
        onChosen: place => sheet.screen.chooseMatter(sheet.screen.found[place])
    }
}
