"""What the station tells of the terminal: a pure function from the view. It has no way to say a level."""

from kiosk.core.situation import Situation
from kiosk.core.view import View
from kiosk.protocol.station import PauseView, StaffView, StationState, VisitView, WindowView


def station_state(view: View) -> StationState:
    """The state as callers see it. `visit` is the running one, or the last one until the next begins."""
    situation, scene = view.situation, view.scene
    staff, visit = situation.staff, situation.visit
    return StationState(
        state=str(situation.state),
        window=WindowView(number=scene.window_number, name=scene.window) if scene.window_number else None,
        staff=None if staff is None else StaffView(number=staff.number, name=staff.name),
        visit=None
        if visit is None
        else VisitView(visit_id=visit.visit_id, outcome=None if visit.outcome is None else str(visit.outcome)),
        unsent=view.unsent,
        oldest_unsent_s=view.oldest_unsent_s,
        mode=scene.mode,
        pause=_pause(situation),
        called=situation.called,
        remind_s=scene.remind_s,
    )


def _pause(situation: Situation) -> PauseView | None:
    if situation.pause_reason is None:
        return None
    return PauseView(reason=situation.pause_reason, kind=situation.pause_kind, expected_return=situation.pause_until)


def changed(before: StationState, after: StationState) -> bool:
    """Whether listeners should hear of it. The age of the oldest unsent entry alone counts by the minute."""
    return _by_the_minute(before) != _by_the_minute(after)


def _by_the_minute(state: StationState) -> tuple[object, ...]:
    return (
        state.state,
        state.window,
        state.staff,
        state.visit,
        state.unsent,
        state.oldest_unsent_s // 60,
        state.mode,
        state.pause,
        state.called,
        state.remind_s,
    )
