"""Every word of the reports in both languages. Keys that results use (outcomes, verdicts, kinds) are their own keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from irekae.model.language import Lang


class Word(NamedTuple):
    """One word or sentence in both languages."""

    en: str
    ja: str


WORDS: dict[str, Word] = {
    # --- the verdict and what speaks against it
    "accepted": Word("Accepted", "合格"),
    "not accepted": Word("Not accepted", "不合格"),
    "incomplete": Word("Incomplete", "未完了"),
    "accepted means": Word(
        "Every item has a result, and every check that was made passed.",
        "全ての項目に結果があり, 行った確認には全て通りました.",
    ),
    "not accepted means": Word(
        "At least one check or item failed, or something differs that nobody expected.",
        "失敗した確認または項目, あるいは想定外の差異があります.",
    ),
    "incomplete means": Word(
        "Nothing failed, but not everything has been done and checked.",
        "失敗はありませんが, 済んでいない項目または確認があります.",
    ),
    "check failed": Word("Check failed", "確認に失敗"),
    "check broke": Word("Check broke off", "確認が中断"),
    "item failed": Word("Item failed", "作業に失敗"),
    "difference": Word("Unexpected difference", "想定外の差異"),
    "explained": Word("Explained", "説明済み"),
    "item unknown": Word("Outcome unknown", "結果が不明"),
    "item unfinished": Word("Not finished", "未完了"),
    "item missing": Word("No result at all", "結果なし"),
    "check not made": Word("Not checked", "未確認"),
    "evidence missing": Word("Evidence is gone from both hosts", "証拠が両ホストから失われている"),
    "leftover": Word("Left-over old name", "残っている古い名前"),
    "outage unwatched": Word("Outage not measured", "停止時間は未計測"),
    "nobody watched": Word("Not measured, for nobody watched: {spans}", "計測していない時間帯: {spans}"),
    "not while watched": Word("not while it was watched", "計測中の停止なし"),
    "follows": Word("follows from", "次による:"),
    "has its cause": Word("follows from another failure", "他の失敗によるもの"),
    "evidence of it": Word("Evidence", "証拠"),
    "what is printed": Word(
        "Printed are verdict, open points, time line, items and signature; what you unfold is printed too.",
        "印刷されるのは判定, 要確認事項, 時系列, 項目, 署名です. 開いた部分も印刷されます.",
    ),
    "following": Word("{count} more follow from it", "これによるもの 他 {count} 件"),
    "announcement": Word("Announcement open", "アナウンス未了"),
    "other": Word("To look at", "要確認"),
    "new": Word("new", "今回から"),
    "already so before": Word("already so before", "交換前から"),
    "since unknown": Word("not known whether new", "以前の状態は不明"),
    # --- the offline manual
    "manual": Word("Manual of the server exchange", "サーバ交換 作業手順書"),
    "manual order": Word(
        "All work of a phase is complete before the next phase starts. From phase 7 on the names are exchanged.",
        "ひとつの phase の全作業が完了してから次の phase に進むこと. phase 7 からはホスト名が入れ替わっている.",
    ),
    "manual marks": Word(
        "W: another year's page of the wiki says so. +: our addition, not in the manual.",
        "W: 他年度のページによる項目. +: マニュアルにない追加の項目.",
    ),
    "undo": Word("To undo", "取り消し"),
    "by hand instead": Word("By hand", "手作業なら"),
    "look at": Word("Look at", "確認"),
    "otherwise": Word("If not", "だめなら"),
    "in the plan": Word("In the plan", "計画"),
    "more changes": Word("… {count} more: {command} --plan", "… 他 {count} 件: {command} --plan"),
    "trouble": Word("When something fails", "うまくいかないとき"),
    "you see": Word("You see", "見えるもの"),
    "you do": Word("Do", "すること"),
    "hand marks": Word(
        'By hand: as root on the host of the item; lines with $ at the seat. When done: fab done 5.1 --why "by hand".',
        '手作業: その項目のホストで root として打つ. $ の行は手元で. 済んだら fab done 5.1 --why "by hand".',
    ),
    "manual made": Word("Made {at}: what the hosts were then", "{at} 作成: その時のホストの状態による"),
    "wiki saved": Word(
        "The wiki's own pages: wiki/index.html beside this file", "wiki のページ: このファイルの隣の wiki/index.html"
    ),
    "no wiki": Word(
        "The wiki's own pages are NOT saved: [site] wiki in site.toml has no address.",
        "wiki のページは保存していません: site.toml の [site] wiki にアドレスがありません.",
    ),
    # --- the plan
    "plan": Word("Plan of the server exchange", "サーバ交換 作業計画"),
    "plan order": Word(
        "What would be done to the hosts as they are now. Nothing is changed yet. Each team reads its own files.",
        "今のホストに対して行うことです. まだ何も変えていません. 各班は自分のファイルを 1 行ずつ読んでください.",
    ),
    "plan names": Word(
        "After the exchange a name means the other machine.", "交換後の名前は, もう一方のマシンを指します."
    ),
    "plan counts": Word("{files} files, {others} other steps", "ファイル {files} 件, その他の作業 {others} 件"),
    "plan refused": Word("Would be refused", "このままでは断られるもの"),
    "by team": Word("By team", "班ごと"),
    "team": Word("team {team}", "{team} 班"),
    "no team": Word("others", "その他"),
    "files of": Word("Files of {host}", "{host} のファイル"),
    "after the exchange": Word("after the exchange", "交換後"),
    "other steps": Word("Services, commands and copies", "サービス・コマンド・コピー"),
    "own files": Word("irekae's own files", "irekae 自身のファイル"),
    "own files note": Word(
        "Installed for the time of the swap and taken away again; no part of the hosts' configuration.",
        "交換の間だけ置き, あとで取り除きます. ホストの設定ではありません.",
    ),
    "bytes": Word("{size} bytes", "{size} バイト"),
    # --- outcomes
    "passed": Word("passed", "合格"),
    "failed": Word("failed", "失敗"),
    "error": Word("broke off", "中断"),
    "not checked": Word("not checked", "未確認"),
    "done": Word("done", "完了"),
    "nothing to do": Word("nothing to do", "作業不要"),
    "unknown": Word("unknown", "不明"),
    "by hand": Word("by hand", "手作業"),
    "waived": Word("waived", "省略"),
    "running": Word("running", "実行中"),
    "not done": Word("not done", "未実施"),
    "missing": Word("no result", "結果なし"),
    "same": Word("same", "同じ"),
    "expected difference": Word("expected", "想定内"),
    "new difference": Word("unexpected", "想定外"),
    "better": Word("better", "改善"),
    "some passed": Word("{passed} of {all} passed", "{all} 件中 {passed} 件合格"),
    # --- marks
    "mark M": Word("manual", "マニュアル"),
    "mark W": Word("another year's page", "他年度のページ"),
    "mark +": Word("our addition", "追加"),
    # --- headings
    "title": Word("Acceptance of the server exchange", "サーバ交換 検収報告書"),
    "not part": Word(
        "Not part of this site, by its site.toml: {subjects}.", "このサイトにないもの (site.toml による): {subjects}."
    ),
    "site alone": Word(
        "The checks went by site.toml alone, as the tasks did: there is no manual.toml to hold it against.",
        "確認も作業と同じく site.toml だけによる. 照らし合わせる manual.toml がない.",
    ),
    "open points": Word("Open points", "要確認事項"),
    "no open points": Word("No open points.", "要確認事項はありません."),
    "reasons": Word("What speaks against it", "判定の理由"),
    "failures": Word("Failures", "失敗"),
    "outages": Word("Outage, seen from outside", "外から見た停止時間"),
    "items": Word("Items of the manual", "マニュアルの項目"),
    "fingerprints": Word("SSH host keys", "SSH ホスト鍵"),
    "baseline": Word("Before and after", "交換前後の比較"),
    "set apart": Word("By hand, waived, not checked", "手作業・省略・未確認"),
    "leftovers": Word("Left-over old names (5.2)", "残っている古い名前 (5.2)"),
    "figures": Word("Figures", "所要時間"),
    "signature": Word("Signature", "署名"),
    "evidence": Word("Checks and their evidence", "確認とその証拠"),
    "phase": Word("Phase", "phase"),
    "contents": Word("Contents", "目次"),
    # --- columns and labels
    "as of": Word("As of {at}", "{at} 現在"),
    "run": Word("Run", "実行"),
    "generated": Word("Written", "作成"),
    "production": Word("Production", "本サーバ"),
    "standby": Word("Standby", "予備サーバ"),
    "name": Word("Name", "名前"),
    "address": Word("Address", "アドレス"),
    "machine": Word("Machine", "マシン"),
    "before": Word("Before", "交換前"),
    "after": Word("After", "交換後"),
    "item": Word("Item", "項目"),
    "title of item": Word("What", "内容"),
    "host": Word("Host", "ホスト"),
    "outcome": Word("Outcome", "結果"),
    "who": Word("Who", "担当"),
    "when": Word("When", "時刻"),
    "took": Word("Took", "所要"),
    "expected": Word("Expected", "期待"),
    "found": Word("Found", "実際"),
    "cause": Word("Likely cause", "考えられる原因"),
    "remedy": Word("Remedy", "対処"),
    "seen from": Word("seen from {place}", "{place} から確認"),
    "service": Word("Service", "サービス"),
    "away": Word("Away", "停止"),
    "from to": Word("From – to", "停止期間"),
    "longest": Word("Longest", "最長"),
    "predicted": Word("Predicted", "予測"),
    "never away": Word("never away", "停止なし"),
    "not back": Word("not back", "未復旧"),
    "file": Word("File", "ファイル"),
    "text": Word("Text", "内容"),
    "subject": Word("Subject", "対象"),
    "verdict": Word("Verdict", "判定"),
    "kind": Word("Kind", "種類"),
    "commit": Word("Commit", "コミット"),
    "digest": Word("Digest of the results (sha256)", "結果のダイジェスト (sha256)"),
    "accepted by": Word("Accepted by", "検収者"),
    "acknowledged by": Word("Acknowledged, with its open points, by", "未解決のまま確認した者"),
    "named points": Word("Open points named", "挙げられた未解決の点"),
    "signed at": Word("Signed at", "署名日時"),
    "key": Word("Key", "鍵"),
    "no key": Word("by name alone", "氏名のみ"),
    "sign-offs": Word("Reports of this swap that were signed", "この交換で署名された報告書"),
    "to sign": Word("Name, date, signature", "氏名・日付・署名"),
    "back to item": Word("back to the item", "項目に戻る"),
    "back to top": Word("top", "先頭へ"),
    "no evidence": Word("No evidence: the check was not made.", "証拠なし: 確認していません."),
    "more lines": Word("… {count} more lines in acceptance.json", "… 残り {count} 行は acceptance.json にあります"),
    "more results": Word("… {count} more are in acceptance.json", "… 残り {count} 件は acceptance.json にあります"),
    "more spans": Word("… {count} more", "… 他 {count} 回"),
    "none": Word("None.", "なし."),
    "got better": Word("Better than before the swap", "交換前より改善"),
    "not measured": Word("Not measured.", "計測していません."),
    "timeline": Word("Time line of outages and phases", "停止時間と phase の時系列"),
    "legend": Word("Bars: the service did not answer. Numbers: phases.", "帯: 応答なし. 数字: phase."),
    "logs": Word("Printed at this seat", "この席での表示の記録"),
    "digest how": Word(
        "The digest is over acceptance.json without its signature: keys sorted, no white space, UTF-8.",
        "ダイジェストは署名を除いた acceptance.json (キー整列, 空白なし, UTF-8) に対するものです.",
    ),
    "count passed": Word("checks passed", "件の確認に合格"),
    "count failed": Word("failed", "件失敗"),
    "count not checked": Word("not checked", "件未確認"),
    "count following": Word("follow from these", "件はそれによるもの"),
    "count items": Word("items done", "項目完了"),
}

PHASES: dict[int, Word] = {
    0: Word("Preparation", "準備"),
    1: Word("Start", "入替え開始"),
    2: Word("Allow root login on the standby", "予備サーバの root ログイン許可"),
    3: Word("Copy data", "各種データをコピー"),
    4: Word("Forbid root login", "root ログイン禁止"),
    5: Word("Exchange: configuration files", "交換: 設定ファイルの変更"),
    6: Word("Exchange: restart the network", "交換: ネットワークの再起動"),
    7: Word("Service settings", "サービスの設定変更"),
    8: Word("Reboot", "OS 再起動"),
    9: Word("Checks after the reboot", "再起動後の動作確認"),
    10: Word("Backups", "バックアップの確認"),
    11: Word("Announcement", "完了のアナウンス"),
}

ITEMS: dict[str, Word] = {
    "9.1": Word("Processes that must run on production", "本サーバで動くべきプロセス"),
    "9.2": Word("Processes on the standby", "予備サーバのプロセス"),
    "9.3": Word("ssh: root login is refused", "ssh: root ログインの拒否"),
    "9.4": Word("http: pages show", "http: ページの表示"),
    "9.5": Word("The wiki can be written to", "wiki: 書き込み"),
    "9.6": Word("gate registers and changes", "gate: 登録と変更"),
    "9.7": Word("The name server answers, with the right data", "ネームサーバ: 正しい応答"),
    "9.8": Word("fail2ban works", "fail2ban の動作"),
    "9.9": Word("pop: mail can be fetched", "pop: メールの受信"),
    "9.10": Word("smtp: mail can be sent and received", "smtp: メールの送受信"),
    "9.11": Word("A mail to the mailing list is delivered", "メーリングリストの配送"),
    "9.12": Word("ssh: root login is refused", "ssh: root ログインの拒否"),
    "9.13": Word("http is off", "http の停止"),
    "9.14": Word("DNS questions are answered", "DNS の問い合わせ"),
    "9.15": Word("pop is off", "pop の停止"),
    "9.16": Word("smtp: submits but does not accept", "smtp: 送信のみで受信しない"),
    "10.1": Word("The backup scripts run (-n)", "バックアップスクリプトの試行 (-n)"),
    "10.2": Word("The backups' logs show a normal run", "バックアップのログの確認"),
}
"""Titles of the items that are proved by checks alone, and so have no task of their own to name them."""


@dataclass(frozen=True)
class Speech:
    """The words of one language; called with a key, and the values that its sentence has gaps for."""

    lang: Lang

    def __call__(self, key: str, **gaps: object) -> str:
        """Return the word for `key`. Raises KeyError for a key that the table lacks."""
        return str(getattr(WORDS[key], self.lang)).format(**gaps)

    def phase(self, number: int) -> str:
        """Return the title of a phase."""
        return str(getattr(PHASES[number], self.lang))

    def of(self, en: str, ja: str) -> str:
        """Choose between two texts that results carry; the other stands in where one is empty."""
        return (ja or en) if self.lang == "ja" else (en or ja)

    def item(self, number: str) -> str:
        """Return the title of an item of phases 9 and 10; empty for one that a task names."""
        word = ITEMS.get(number)
        return str(getattr(word, self.lang)) if word else ""
