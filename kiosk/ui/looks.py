"""The ways of showing and saying that a citizen may choose (for everyone: 长辈版 and its sisters). A value, no Qt.

They are one citizen's: whoever comes next finds the terminal as its hall has set it.
"""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Looks:
    """`large`: large type (长辈版); `contrast`: high contrast, 7:1; `still`: no motion; `low`: every control in the
    lower part; `left`: mirrored for the left hand; `spoken`: what is shown is said; `curtain`: the picture is hidden,
    for who goes by voice and keys alone; `muted`: the hall's prompts are not said."""

    large: bool = False
    contrast: bool = False
    still: bool = False
    low: bool = False
    left: bool = False
    spoken: bool = False
    curtain: bool = False
    muted: bool = False

    def toggled(self, name: str) -> "Looks":
        """With this one turned on or off. Raises ValueError for a name that is none of ours."""
        if name not in NAMES:
            raise ValueError(f"no such look: {name}")
        looks = replace(self, **{name: not getattr(self, name)})
        return replace(looks, spoken=True) if name == "curtain" and looks.curtain else looks

    @property
    def tag(self) -> str:
        """The names of those that are on, in their order, as a rating carries them; empty for the ordinary look."""
        return " ".join(name for name in NAMES if getattr(self, name))


ORDINARY = Looks()
NAMES = tuple(one.name for one in fields(Looks))
