"""What the client says to a person, in both languages; a test holds the refusals complete."""

LANGUAGES = ("zh-CN", "en")

STATES = {
    "closed": "未到服务时间",
    "ready": "空闲",
    "serving": "正在办理",
    "inviting": "正在邀请评价",
    "explaining": "正在评价",
    "thanks": "评价完成",
    "handed_to_phone": "正在手机上评价",
    "paused": "暂停服务",
    "out_of_order": "设备故障",
}
"""In English the state's own name is the word."""

SAID = {
    "done": ("已完成：{state}", "done: {state}"),
    "visit": ("服务 {visit}", "visit {visit}"),
    "staff": ("工作人员 {staff}", "staff {staff}"),
    "nobody": ("无人登录", "nobody signed in"),
    "called": ("已呼叫 {number}", "called {number}"),
    "open": ("已进行 {seconds} 秒", "open for {seconds} s"),
    "unsent": ("待上传 {entries} 条", "{entries} unsent"),
    "away": ("连接不上评价终端（{why}）", "the terminal does not answer ({why})"),
    "stranger": (
        "评价终端的证书与所给指纹不符，未发送任何内容。对方证书的指纹：{digest}",
        "the certificate is not the pinned one, and nothing was sent; this one is {digest}",
    ),
    "no_token": ("读不到口令文件 {path}（{why}）", "the token file {path} cannot be read ({why})"),
    "no_pin": ("没有输入 PIN", "no PIN was given"),
    "no_visit": ("没有正在进行的服务", "no visit is running"),
    "pin": ("PIN：", "PIN: "),
    "wait": ("请在 {seconds} 秒后重试", "try again in {seconds} s"),
}

REFUSED = {
    "wrong_host": "地址或端口不对",
    "wrong_origin": "不允许该网页调用",
    "unauthorized": "口令无效",
    "wrong_media_type": "请求体必须是 application/json",
    "too_large": "请求体过大",
    "too_slow": "请求体没有及时送达",
    "too_many": "请求过于频繁",
    "malformed": "终端不能理解该请求",
    "bad_json": "请求体不是 JSON",
    "invalid": "有一项填写不符合要求",
    "not_found": "没有这个地址",
    "wrong_method": "该地址不支持这种调用",
    "unknown_matter": "本窗口不办理该事项",
    "unknown_staff": "没有这个工号",
    "unknown_visit": "终端不知道这次服务",
    "key_reused": "该幂等键已用于另一次服务",
    "wrong_pin": "PIN 不正确",
    "no_pin": "该工作人员尚未设置 PIN",
    "pin_needed": "只有用 PIN 登录的工作人员才能查看",
    "pin_paused": "PIN 错误次数过多，请稍后再试",
    "busy": "终端正在写入流水，请立即重试",
    "visit_running": "有一次服务正在进行",
    "visit_ended": "这次服务已经结束",
    "other_visit": "正在进行的是另一次服务",
    "level_tapped": "群众已开始评价，不能取消",
    "paused": "已暂停服务",
    "not_paused": "没有暂停服务",
    "out_of_order": "评价终端有故障，详见技术人员页面",
    "not_now": "现在不能这样做",
    "nobody_signed_in": "无人登录",
    "no_profile": "终端还没有收到下发配置",
    "unconfirmed": "流水尚未写入，请查询状态",
    "central_away": "现在无法询问中心",
    "terminal_away": "评价终端没有应答",
    "too_many_listeners": "同时接收事件的程序过多",
    "internal": "窗口接口出错",
    "loopback_only": "只能在评价终端本机上操作",
    "lan_only": "只能通过大厅网络操作",
    "no_lan": "没有启用大厅网络",
    "no_pairing": "终端没有显示配对码",
    "wrong_code": "配对码不正确",
    "pairing_locked": "配对码错误次数过多，请稍后再试",
    "too_many_peers": "已配对的程序过多",
    "unknown_peer": "没有配对过这个程序",
    "not_kept": "磁盘没有写入，请检查磁盘后重试",
}
"""In English the station's own words are said."""


def say(language: str, what: str, **values: object) -> str:
    """A sentence of SAID."""
    return SAID[what][LANGUAGES.index(language)].format(**values)


def state_name(language: str, state: str) -> str:
    """The name of a state."""
    return STATES.get(state, state) if language == "zh-CN" else state


def refusal(language: str, code: str, problem: object) -> str:
    """Why the station said no."""
    told = problem if isinstance(problem, dict) else {}
    title, detail, field = (str(told.get(name) or "") for name in ("title", "detail", "field"))
    if language == "zh-CN" and code in REFUSED:
        title, detail = REFUSED[code], ""
    parts = [title or code, *([f"({field})"] if field else []), *([f"- {detail}"] if detail else [])]
    return f"{' '.join(parts)} [{code}]"
