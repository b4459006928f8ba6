"""The rules of a visit, as one table: `fold(situation, event, now) -> (situation, effects)`.

Read `RULES` first. What it does not list is refused and changes nothing. The first tap wins here, not in the buttons:
once a level is tapped the state is `explaining`, where no level can be tapped.

An event records at most one entry. Where the table says "then", the state moves only when the journal has answered
that the entry is committed: there is no visit on the screen, and no thanks, without a commit.
"""

from collections.abc import Mapping

from kiosk.core import events as e
from kiosk.core.rules import begin, ending, house, phone, rate
from kiosk.core.rules import moves as m
from kiosk.core.rules.moves import Effect, Record, Refuse, Rule, Step
from kiosk.core.situation import Situation, State

__all__ = ["ANYWHERE", "RULES", "Effect", "Record", "Refuse", "Rule", "Step", "fold"]


def fold(situation: Situation, event: e.Event, now: e.Now) -> Step:
    """Carry one event through the table. Pure: the same three values give the same answer, for ever."""
    rule = ANYWHERE.get(type(event)) or RULES.get((situation.state, type(event)))
    if rule is None:
        return m.refuse(situation, _why_not(situation))
    if situation.awaiting is not None and type(event) not in ANYWHERE:
        return m.refuse(situation, "busy")
    return rule(situation, event, now)


# fmt: off
RULES: Mapping[tuple[State, type], Rule] = {
    # in state, at this event: what it does; "then" waits for the commit
    (State.READY, e.StartVisit): begin.start,                     # then serving, or inviting where the service is over
    (State.CLOSED, e.StartVisit): begin.start,                    # then serving: a citizen served late is served
    (State.THANKS, e.StartVisit): begin.start,                    # then serving: the next one need not wait
    (State.READY, e.BeginVisit): begin.begin_here,                # then inviting: the citizen's own start, in the hall
    (State.SERVING, e.Invite): begin.invite,                      # inviting
    (State.SERVING, e.AskToRate): begin.ask_to_rate,              # inviting, of one's own accord
    (State.SERVING, e.CallNumber): begin.call_while_serving,      # inviting, for the next number is called
    (State.SERVING, e.CancelVisit): ending.cancel,                # then ready: cancelled
    (State.INVITING, e.TapLevel): rate.tap,                       # explaining; the tap is recorded at once
    (State.INVITING, e.Skip): ending.skip,                        # then ready: skipped; rated if one was tapped
    (State.INVITING, e.TimePassed): ending.walked_off,            # asks first; then ready: timed_out, or as tapped
    (State.INVITING, e.StillThere): rate.still_there,             # inviting: if it asked, the wait begins anew
    (State.INVITING, e.CancelVisit): ending.cancel,               # then ready: cancelled; refused once one was tapped
    (State.INVITING, e.HandToPhone): phone.to_phone,              # handed_to_phone
    (State.INVITING, e.PhoneFinished): phone.phone_done,          # then ready: handed_to_phone; the phone was quick
    (State.HANDED_TO_PHONE, e.PhoneFinished): phone.phone_done,   # then ready: handed_to_phone
    (State.HANDED_TO_PHONE, e.TakeBack): phone.take_back,         # inviting, and no more on the phone
    (State.HANDED_TO_PHONE, e.TimePassed): phone.phone_silent,    # inviting, for the phone was silent
    (State.EXPLAINING, e.ToggleReason): rate.toggle,
    (State.EXPLAINING, e.ToggleLocalReason): rate.toggle_local,
    (State.EXPLAINING, e.StillThere): rate.still_there,           # explaining: if it asked, the wait begins anew
    (State.EXPLAINING, e.WriteComment): rate.comment,
    (State.EXPLAINING, e.WriteContact): rate.contact,
    (State.EXPLAINING, e.ChooseAgain): rate.choose_again,         # inviting; the tapped level stands meanwhile
    (State.EXPLAINING, e.Submit): rate.submit,                    # then thanks: rated
    (State.EXPLAINING, e.TimePassed): ending.walked_off,          # asks first; then ready: rated, unfinished
    (State.EXPLAINING, e.CancelVisit): ending.cancel,             # refused: a level was tapped
    (State.THANKS, e.TimePassed): ending.thanks_over,             # ready
    (State.THANKS, e.Leave): ending.thanks_over,                  # ready
    (State.READY, e.Pause): house.pause,                          # paused
    (State.CLOSED, e.Pause): house.pause,                         # paused
    (State.THANKS, e.Pause): house.pause,                         # paused
    (State.PAUSED, e.Pause): house.pause,                         # paused, for another reason
    (State.PAUSED, e.Resume): house.resume,                       # ready
    **{
        (state, event): rule
        for state in (State.READY, State.CLOSED, State.THANKS, State.PAUSED)  # not while a visit runs
        for event, rule in ((e.SignIn, house.sign_in), (e.SignOut, house.sign_out))
    },
    **{
        (state, e.CallNumber): begin.call
        for state in State
        if state not in (State.SERVING, State.PAUSED, State.OUT_OF_ORDER)  # shown once nobody is served
    },
    **{
        (state, event): rule
        for state in (State.READY, State.CLOSED, State.PAUSED)  # whoever comes back with a receipt
        for event, rule in ((e.AddWords, house.add_words), (e.Withdraw, house.withdraw))
    },
}
# fmt: on

ANYWHERE: Mapping[type, Rule] = {
    e.Recorded: house.recorded,
    e.Fault: house.fault,  #              out_of_order, unless a citizen is in the middle of a visit
    e.FaultCleared: house.fault_cleared,
    e.HoursChanged: house.hours,
    e.TermsChanged: house.terms,
    e.Started: house.started,
    e.OpenMenu: house.open_menu,
    e.OpenMaintenance: house.open_maintenance,
    e.LeaveProgram: house.leave_program,  # refused while a visit is open: a citizen is finished with first
    e.CloseInterrupted: ending.close_interrupted,
    e.BreakOff: ending.break_off,  #       then ready: rated, unfinished, if a level had been tapped
    e.Stopping: house.stopping,
}


def _why_not(s: Situation) -> str:
    if s.state is State.OUT_OF_ORDER:
        return "out_of_order"
    if s.state is State.PAUSED:
        return "paused"
    return "visit_running" if m.running(s) else "not_now"
