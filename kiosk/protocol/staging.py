"""A profile as the terminal works with it: the scene that is shown and the terms that the rules follow."""

from kiosk.core.events import LocalReason, Terms
from kiosk.core.levels import Level
from kiosk.core.options import OptionList
from kiosk.core.view import Card, HallLook, MatterCard, NoticeText, OpeningHours, Scene, SpeechHours
from kiosk.protocol.profile import Profile


def scene_of(profile: Profile | None, options: OptionList, keep_days: int = 90) -> Scene:
    """What stands on the screen; empty but for the options where there is no profile yet. `keep_days`: how long this
    terminal keeps what central has."""
    if profile is None:
        return Scene(options=options, keep_days=keep_days)
    cards = {
        staff.number: Card(
            staff.number, staff.name, staff.post, staff.post_en, staff.party_member, staff.photo or ""
        )
        for staff in profile.staff
    }  # fmt: skip
    return Scene(
        hall=profile.hall.name,
        hall_en=profile.hall.name_en,
        window_number=profile.window.number,
        window=profile.window.name,
        window_en=profile.window.name_en,
        cards=cards,
        matters_en={matter.code: matter.name_en for matter in profile.matters if matter.name_en},
        notices=tuple(NoticeText(n.title, n.text, n.title_en, n.text_en, n.picture) for n in profile.notices),
        hours=tuple(OpeningHours(h.weekday, h.opens, h.closes) for h in profile.hours),
        receipt_page=profile.receipt_page,
        options=options,
        local_reasons=_local_reasons(profile),
        look=HallLook(profile.look.crest, profile.look.accent, profile.look.background),
        speech=tuple(SpeechHours(s.opens, s.closes, s.volume) for s in profile.speech),
        help=profile.help,
        help_en=profile.help_en,
        callbacks=profile.callbacks,
        keep_days=keep_days,
        mode=profile.mode,
        matters=tuple(MatterCard(one.code, one.name, one.name_en, one.initials) for one in profile.matters),
        windows={one.number: one.name for one in profile.windows},
        slip=profile.slip,
        remind_s=profile.remind_s,
        phone_page=profile.phone.page if profile.phone else "",
    )


def _local_reasons(profile: Profile) -> tuple[LocalReason, ...]:
    return tuple(
        LocalReason(one.code, one.name, one.name_en, frozenset(one.levels or Level)) for one in profile.local_reasons
    )


def terms_of(profile: Profile | None, options: OptionList) -> Terms:
    """What the rules of a visit follow."""
    if profile is None:
        return Terms(options=options, options_version=options.version)
    timings = profile.timings
    return Terms(
        window=profile.window.number,
        channel=profile.channel,
        options=options,
        options_version=options.version,
        inviting_ms=timings.inviting_s * 1000,
        explaining_ms=timings.explaining_s * 1000,
        thanks_ms=timings.thanks_s * 1000,
        asking_ms=timings.asking_s * 1000,
        local_reasons=_local_reasons(profile),
        self_start=profile.mode == "hall",
        phone_ms=(profile.phone.wait_s if profile.phone else 180) * 1000,
    )
