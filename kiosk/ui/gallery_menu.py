"""The pages of the staff menu, for the gallery: walked as a clerk walks them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtGui import QGuiApplication

from kiosk.core import events as e
from kiosk.core.view import MatterCard, Pairing
from kiosk.ui.rehearsal import MATTER, STAFF, Rehearsal
from kiosk.ui.window import KioskWindow

_MATTERS = (
    MatterCard(MATTER.code, MATTER.name, "Transfer of land-use right and house ownership", "gyjsydsyq"),
    *(
        MatterCard(f"34000000000000000000000000000{number:02}", name, name_en, initials)
        for number, (name, initials, name_en) in enumerate(
            (
                ("社会保障卡申领", "SHBZKSL", "Social security card"),
                ("居民身份证到期换领", "JMSFZDQHL", "Renewal of an identity card"),
                ("个体工商户设立登记", "GTGSHSLDJ", "Registration of a sole trader"),
                ("新生儿出生登记", "XSECSDJ", "Registration of a birth"),
                ("城乡居民医疗保险参保登记", "CXJMYLBXCBDJ", "Joining the medical insurance of residents"),
                ("住房公积金提取", "ZFGJJTQ", "Withdrawal from the housing fund"),
                ("机动车驾驶证换证", "JDCJSZHZ", "Driving licence"),
                ("公共场所卫生许可", "GGCSWSXK", "Hygiene permit"),
            ), 2
        )
    ),
)  # fmt: skip


def menu_stages(terminal: Rehearsal, window: KioskWindow) -> Iterator[str]:
    """Each page of the menu in turn, from a terminal at rest, and to it again."""
    menu = window.menu

    def reach(name: str, *acts: Callable[[], object]) -> str:
        for act in acts:
            act()
            for _ in range(3):  # an answer may bring another question, and that its answer
                QGuiApplication.processEvents()
        return f"menu-{name}"

    def typed(text: str) -> Callable[[], object]:
        return lambda: [menu.type(character) for character in text]

    def waited() -> None:
        """In one act: the menu closes for want of a touch as soon as its own clock sees so long a wait."""
        terminal.wait(terminal.scene.remind_s * 1000)
        menu.touch()

    terminal.set_scene(replace(terminal.scene, matters=_MATTERS))
    yield reach("who", menu.open)
    yield reach("pin", lambda: menu.choose(STAFF.number), typed("1234"))
    yield reach("pin-wrong", menu.enter)
    yield reach("home", typed(terminal.pin), menu.enter)
    yield reach("figures", lambda: menu.choose("figures"))
    yield reach("matters", menu.goBack, lambda: menu.choose("start"))
    yield reach("search", lambda: menu.choose("search"))
    yield reach("search-found", typed("S"))
    yield reach("case", lambda: menu.choose(_MATTERS[1].code), typed("3412002026"))
    yield reach("visit", lambda: menu.choose("details"), lambda: menu.choose("accepted"))
    yield reach("times", lambda: menu.choose("times"), typed("2"))
    yield reach("slip", menu.enter, lambda: menu.choose("slip"), typed("A018"))
    scan = f"KQ1;A018;A12;{MATTER.code};341200202611240178"
    yield reach("visit-from-slip", menu.enter, typed(scan), menu.enter)
    yield reach("serving", lambda: menu.choose("start"))
    yield reach("open-for-long", waited, menu.look)
    yield reach("cancel", lambda: menu.choose("cancel"))
    yield reach("pause", lambda: menu.choose("papers"), lambda: menu.choose("pause"))
    yield reach("until", lambda: menu.choose("away"))
    terminal.submit(e.CallNumber("A018"))
    yield reach("call", menu.goBack, menu.goBack, lambda: menu.choose("call"))
    fingerprint = "ab12" * 16
    code = Pairing("042619", terminal.now_ms + 100_000, fingerprint)
    yield reach("pair", menu.goBack, lambda: menu.choose("pair"), lambda: terminal.show(pairing=code))
    terminal.show(pairing=None)
    terminal.submit(e.SignIn(e.Staff("A104", "李强")))
    yield reach("home-shift", menu.look)
    terminal.submit(e.SignIn(STAFF))
    menu.leave()
    yield reach("technician", menu.open, lambda: menu.choose("technician"), typed("T1"))
    yield reach("technician-clock", menu.enter, typed("135790"), lambda: terminal.astray(28_800), menu.enter)
    yield reach("maintain", typed(terminal.code), menu.enter)
    yield reach("leave", lambda: menu.choose("leave"))
    menu.leave()
    terminal.submit(e.TimePassed())
