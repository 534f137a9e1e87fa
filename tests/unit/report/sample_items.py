"""The items of a made-up swap, with the hosts that they name."""

from __future__ import annotations

from irekae.model.results import Mark

IKA, TAKO, BOTH = ("ika",), ("tako",), ("ika", "tako")

ITEMS: list[tuple[str, Mark, tuple[str, ...], str, str]] = [
    ("0.1", "M", ("seat",), "Save the manual and the pages it cites", "マニュアルの保存"),
    ("0.2", "+", BOTH, "Preflight, read-only", "事前確認 (読み出しのみ)"),
    ("0.3", "+", BOTH, "Baseline of services and fingerprints", "入替え前の状態の記録"),
    ("0.4", "W", IKA, "First rsync of /home", "/home 領域の事前 rsync"),
    ("1.1", "M", BOTH, "Log out the login users", "ログインユーザの削除"),
    ("1.2", "M", BOTH, "End the ordinary users' processes", "プロセスの削除"),
    ("1.3", "M", BOTH, "Stop the services for now", "サービスの一時停止"),
    ("1.4", "M", IKA, "Stop production's services for good", "ika の永続的なサービス停止"),
    ("1.5", "W", IKA, "Keep the scheduled backup from firing", "定期バックアップの抑止"),
    ("1.6", "+", BOTH, "Mail accounting", "メールの数の記録"),
    ("2.1", "M", TAKO, "Allow root login for now", "tako の root ログイン許可"),
    ("2.2", "+", TAKO, "A lease on the root login", "root ログイン許可の期限"),
    ("3.1", "M", IKA, "rsync /home again", "ika から tako へ /home 領域を rsync"),
    ("3.2", "M", IKA, "Copy the cron tables", "cron の設定ファイルをコピー"),
    ("3.3", "M", IKA, "Copy the POP passwords", "popauth の設定ファイルをコピー"),
    ("3.4", "M", IKA, "Copy the user part of shadow", "/etc/shadow のユーザ部分をコピー"),
    ("4.1", "M", IKA, "The rsync of /home has finished", "rsync の終了の確認"),
    ("4.2", "M", TAKO, "Root login forbidden again", "tako の root ログイン禁止"),
    ("4.3", "M", IKA, "Root login is forbidden", "ika の root ログイン禁止の確認"),
    ("4.4", "M", IKA, "Put away root's authorized_keys", "authorized_keys の改名"),
    ("5.1", "M", BOTH, "Host name in the configuration files", "ホスト名の変更"),
    ("5.2", "M", BOTH, "Search for left-over old names", "古い名前が残っていないかの検索"),
    ("5.3", "M", BOTH, "IP address in hosts and interfaces", "IP アドレスの変更"),
    ("6.1", "M", BOTH, "Restart the network", "ネットワークの再起動"),
    ("6.2", "M", BOTH, "Reboot a host that cannot be reached", "接続できないサーバの再起動"),
    ("6.3", "+", BOTH, "Never two hosts at one address", "アドレスの重複の防止"),
    ("7.1", "M", TAKO, "qmail takes no mail from outside", "qmail の設定 (予備サーバ)"),
    ("7.2", "M", IKA, "qmail takes mail for the domains", "qmail の設定 (本サーバ)"),
    ("7.3", "M", IKA, "qmail and tcpserver start at boot", "qmail, tcpserver の永続的な起動"),
    ("7.4", "M", IKA, "Bounces of the mailing list", "メーリングリストのエラーメール"),
    ("7.5", "M", IKA, "bind starts at boot", "bind の永続的な起動"),
    ("7.6", "M", IKA, "The host's own resolver", "resolv.conf の設定"),
    ("7.7", "M", IKA, "Web and inetd start at boot", "apache2, openbsd-inetd の永続的な起動"),
    ("7.8", "+", TAKO, "bind does not start at boot", "bind の永続的な停止"),
    ("8.1", "M", BOTH, "Reboot", "OS 再起動"),
    ("11.1", "M", ("seat",), "Completion mail", "完了のアナウンス"),
    ("11.2", "M", ("seat",), "New fingerprints", "新しいフィンガープリントの通知"),
]
