"""A clerk without a PC: the staff menu found by two holds on a real window, a visit led through it to central; then a
technician, let in by a one-time code each time, looks at the unit, and ends the program."""

import time
from pathlib import Path

from pyotp import TOTP

from kiosk.bookkeeping.looking import look_at_journal
from kiosk.demo.citizen import Targets
from kiosk.demo.programs import ProgramFailed, until
from kiosk.device.paths import open_home
from kiosk.device.settings import Settings
from tests.end_to_end.desk import SIZE, opened_desk
from tests.end_to_end.reading_aloud import Reader, accessible_session

HELD_S = "3.6"
HERE = "工作人员菜单"
TECHNICIAN = "T1"


def test_a_visit_is_led_by_the_menu_on_the_glass(tmp_path: Path, targets: Targets) -> None:
    with accessible_session(tmp_path / "session") as session, opened_desk(tmp_path, targets) as desk:
        hall = desk.central.sample["hall"]
        issued = desk.central.ask("POST", "/technicians", {"hall": hall, "number": TECHNICIAN, "name": "李工"})
        secret = issued["secret"]
        desk.terminal.more.update(session)
        desk.terminal.start()
        desk.terminal.wait_for("ready")
        reader = Reader("kiosk", session)
        clerk = desk.central.sample["staff"][0]

        def hold(x: int, y: int) -> None:
            at = ["mousemove", str(x), str(y), "mousedown", "1", "sleep", HELD_S, "mouseup", "1"]
            desk.screen._xdotool(*at)

        def open_it() -> bool:
            hold(20, 20)
            hold(SIZE[0] - 20, SIZE[1] - 20)
            try:
                until("the menu", lambda: any(name.startswith(HERE) for name in reader.names()), patience_s=3)
            except ProgramFailed:  # a busy machine may have let the second hold come late
                return False
            return True

        def press(name: str, brings: str) -> None:
            until(name, lambda: name in reader.names())
            reader.press(name, brings=brings)

        until("the menu, in the end", open_it, patience_s=120)
        desk.screen.type(clerk["number"])
        desk.screen.key("Return")
        until("the PIN's page", lambda: "请输入口令" in reader.names())
        desk.screen.type(clerk["pin"])
        desk.screen.key("Return")
        until("the menu's own page", lambda: "开始服务" in reader.names())
        press("签到", "签退")
        press("开始服务", "办理什么事项？")
        matter = next(one["name"] for one in desk.central.sample["matters"])
        press(matter, "办件编号（可扫码，也可不填）")
        desk.screen.type("34120001")
        desk.screen.key("Return")
        until("the visit", lambda: desk.terminal.state() == "serving")
        visit_id = desk.terminal.ask("GET", "/state")["visit"]["visit_id"]
        until("its tile", lambda: "请群众评价" in reader.names())
        press("请群众评价", "请您对本次服务作出评价")
        desk.citizen.rate("dissatisfied", reasons=1)
        [rating] = desk.settle()
        assert (rating["visit_id"], rating["level"]) == (visit_id, "dissatisfied")
        assert (rating["case_number"], rating["staff"]["number"]) == ("34120001", clerk["number"])
        assert rating["staff"]["verified"]

        def let_in(after_s: float = 0.0) -> float:
            until("the menu once more", open_it, patience_s=120)
            desk.screen.type(TECHNICIAN)
            desk.screen.key("Return")
            until("the page of the code", lambda: "请输入口令" in reader.names())
            at_s = max(time.time(), after_s + 30)  # each code lets in once
            desk.screen.type(TOTP(secret).at(at_s))
            desk.screen.key("Return")
            until("the technician's tiles", lambda: "退出程序" in reader.names())
            return at_s

        first_s = let_in()
        press("检查与验收", "检查本机")
        until("its end", lambda: reader._ask("press", name="关闭") and "检查本机" not in reader.names())
        let_in(first_s)
        press("退出程序", "为什么退出？")
        program = desk.terminal.program
        assert program is not None
        until("the reason", lambda: reader._ask("press", name="升级"))
        until("the end", lambda: program.process.poll() is not None)
        assert program.stop() == 79
        desk.terminal.program = None
        reader.close()
    with look_at_journal(open_home(desk.terminal.home), Settings()) as journal:
        told = [(one["kind"], one["body"]) for one in journal.read(0, 500)][-5:]
    assert told == [
        ("maintenance.opened", {"technician": TECHNICIAN, "what": "menu"}),
        ("maintenance.opened", {"technician": TECHNICIAN, "what": "doctor"}),
        ("maintenance.opened", {"technician": TECHNICIAN, "what": "menu"}),
        ("terminal.left", {"technician": TECHNICIAN, "why": "update"}),
        ("terminal.stopped", {}),
    ]
