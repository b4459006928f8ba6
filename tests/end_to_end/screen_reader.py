"""What a screen reader does, and nothing else: reads the accessibility tree, presses and writes in it.

Run by the system's own Python, which has the bindings: a JSON command a line on standard input, a JSON answer a line.
`{"do": "tree", "application": NAME}` gives every item that is showing, in the order of reading: role, name, text,
states, actions, place. `{"do": "press", …, "name": NAME}` does the first action of the item of this name that can be
pressed; `{"do": "write", …, "name": NAME, "text": TEXT}` puts a text into a field.
"""

import json
import sys
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

STATES = {
    "focusable": Atspi.StateType.FOCUSABLE,
    "focused": Atspi.StateType.FOCUSED,
    "checkable": Atspi.StateType.CHECKABLE,
    "checked": Atspi.StateType.CHECKED,
    "editable": Atspi.StateType.EDITABLE,
    "enabled": Atspi.StateType.ENABLED,
}
PRESSING = ("press", "toggle", "click")


def application(name: str) -> Any:
    desktop = Atspi.get_desktop(0)
    for number in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(number)
        if child is not None and child.get_name() == name:
            return child
    return None


def showing(item: Any) -> Any:
    """Every item that is shown, in the order of the tree, each with how deep it lies."""
    pending = [(item, 0)]
    while pending:
        one, depth = pending.pop()
        one.clear_cache()
        states = one.get_state_set()
        if depth > 1 and not states.contains(Atspi.StateType.SHOWING):
            continue
        yield one, depth
        children = (one.get_child_at_index(number) for number in range(one.get_child_count()))
        pending += [(child, depth + 1) for child in reversed(list(children)) if child is not None]


def actions(item: Any) -> list[str]:
    if Atspi.Action.get_n_actions is None or "Action" not in item.get_interfaces():
        return []
    return [Atspi.Action.get_action_name(item, n).lower() for n in range(Atspi.Action.get_n_actions(item))]


def said(item: Any, depth: int) -> dict[str, Any]:
    states = item.get_state_set()
    place = Atspi.Component.get_extents(item, Atspi.CoordType.SCREEN) if "Component" in item.get_interfaces() else None
    text = ""
    if "Text" in item.get_interfaces():
        text = Atspi.Text.get_text(item, 0, Atspi.Text.get_character_count(item))
    return {
        "depth": depth,
        "role": item.get_role_name(),
        "name": item.get_name(),
        "description": item.get_description(),
        "text": text,
        "states": [name for name, state in STATES.items() if states.contains(state)],
        "actions": actions(item),
        "place": [place.x, place.y, place.width, place.height] if place else None,
    }


def answer(command: dict[str, Any]) -> Any:
    found = application(command["application"])
    if found is None:
        return None
    if command["do"] == "tree":
        return [said(item, depth) for item, depth in showing(found)]
    for item, _ in showing(found):
        if item.get_name() != command["name"]:
            continue
        if command["do"] == "press":
            for number, name in enumerate(actions(item)):
                if name in PRESSING:
                    return Atspi.Action.do_action(item, number)
        elif "EditableText" in item.get_interfaces():
            return Atspi.EditableText.set_text_contents(item, command["text"])
    return None


def main() -> None:
    for line in sys.stdin:
        try:
            content = {"answer": answer(json.loads(line))}
        except GLib.Error as fault:  # an item that went while it was looked at
            content = {"fault": str(fault)}
        print(json.dumps(content), flush=True)


if __name__ == "__main__":
    main()
