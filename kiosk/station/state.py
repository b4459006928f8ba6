"""What the station tells of the terminal: a pure function from the view and the time. It cannot say a level."""

from kiosk.core.situation import Situation, State
from kiosk.core.view import View
from kiosk.protocol.station import PauseView, StaffView, StationState, VisitView, WindowView


def station_state(view: View, mono_ms: int) -> StationState:
    """The state as callers see it. `visit` is the running one, or the last one until the next begins. `mono_ms`: now,
    by the clock of the terminal's events."""
    situation, scene = view.situation, view.scene
    staff = situation.staff
    return StationState(
        state=str(situation.state),
        window=WindowView(number=scene.window_number, name=scene.window) if scene.window_number else None,
        staff=None if staff is None else StaffView(number=staff.number, name=staff.name),
        visit=_visit(situation, mono_ms),
        unsent=view.unsent,
        oldest_unsent_s=view.oldest_unsent_s,
        mode=scene.mode,
        pause=_pause(situation),
        called=situation.called,
        remind_s=scene.remind_s,
    )


def _visit(situation: Situation, mono_ms: int) -> VisitView | None:
    visit = situation.visit
    if visit is None:
        return None
    outcome = None if visit.outcome is None else str(visit.outcome)
    serving = situation.state is State.SERVING and outcome is None
    return VisitView(
        visit_id=visit.visit_id, outcome=outcome, open_s=max(0, (mono_ms - visit.begun_ms) // 1000) if serving else 0
    )


def _pause(situation: Situation) -> PauseView | None:
    if situation.pause_reason is None:
        return None
    return PauseView(reason=situation.pause_reason, kind=situation.pause_kind, expected_return=situation.pause_until)


def changed(before: StationState, after: StationState) -> bool:
    """Whether listeners should hear of it. What grows older by itself counts by the minute."""
    return _by_the_minute(before) != _by_the_minute(after)


def _by_the_minute(state: StationState) -> tuple[object, ...]:
    return (
        state.state,
        state.window,
        state.staff,
        None if (visit := state.visit) is None else (visit.visit_id, visit.outcome, visit.open_s // 60),
        state.unsent,
        state.oldest_unsent_s // 60,
        state.mode,
        state.pause,
        state.called,
        state.remind_s,
    )
