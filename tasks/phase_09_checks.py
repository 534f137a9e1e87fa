"""Phase 9: checks after the reboot (再起動後の動作確認). What they assert stands in verify/, apart from this."""

from irekae.model.items import On, check_item

P, S = On.PRODUCTION, On.STANDBY

check_item("9.1", "processes_production", "本サーバ: プロセスの起動確認", "Production: the right processes run", on=P)
check_item(
    "9.2",
    "processes_standby",
    "予備サーバ: プロセスの起動確認",
    "Standby: the right processes run, and no others",
    on=S,
)
check_item("9.3", "root_production", "本サーバ: root ログインの禁止", "Production: root login is refused", on=P)
check_item("9.4", "web", "http: 表示", "Pages show", on=P, needs=("web.pages",))
check_item("9.5", "hiki", "hiki: 書き込み", "The wiki can be written to", on=P, needs=("web.hiki",))
check_item("9.6", "gate", "gate: 登録と変更", "gate registers and changes", on=P, needs=("web.gate",))
check_item(
    "9.7",
    "dns",
    "bind: 応答と正しいデータ",
    "bind answers, with the right data",
    on=P,
    needs=("dns.zones|dns.answers|dns.resolves",),
)
check_item("9.8", "fail2ban", "fail2ban の動作", "fail2ban works", on=P, needs=("fail2ban",))
check_item("9.9", "pop", "pop: 受信", "Mail can be fetched from another computer", on=P, needs=("pop",))
check_item("9.10", "smtp", "smtp: 送受信", "Mail can be sent and received", on=P, needs=("mail", "pop"))
check_item(
    "9.11", "mailing_list", "mailing list: 配送", "A mail to the list is delivered", on=P, needs=("mail.lists", "pop")
)
check_item("9.12", "root_standby", "予備サーバ: root ログインの禁止", "Standby: root login is refused", on=S)
check_item("9.13", "no_web", "予備サーバ: http が無効", "Standby: http is off", on=S, needs=("web",))
check_item(
    "9.14",
    "resolves",
    "予備サーバ: DNS の問い合わせ",
    "Standby: names are resolved, through other servers",
    on=S,
    needs=("dns",),
)
check_item("9.15", "no_pop", "予備サーバ: pop が無効", "Standby: pop is off", on=S, needs=("pop",))
check_item(
    "9.16",
    "submits_only",
    "予備サーバ: submit のみ",
    "Standby: submits mail but accepts none",
    on=S,
    needs=("mail", "pop"),
)
check_item(
    "9.17",
    "databases",
    "データベース: 応答とデータ",
    "Database servers answer, with the data that was copied",
    on=P,
    needs=("databases",),
)
