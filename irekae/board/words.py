"""Every word of the board in both languages; titles of phases and outcomes are those of the reports."""

from __future__ import annotations

from irekae.model.language import Lang
from irekae.report import words
from irekae.report.words import Word

BOARD: dict[str, Word] = {
    "board": Word("Server exchange", "サーバ交換"),
    "other language": Word("日本語", "English"),
    "as of": Word("as of", "現在"),
    "no swap": Word("no swap has begun", "交換は始まっていません"),
    "settled": Word("{done} of {all} items settled", "{all} 項目中 {done} 項目完了"),
    "lost": Word(
        "No word from the board since {since}: what is below is of that time.",
        "{since} からボードの応答がありません. 以下はその時点の状態です.",
    ),
    "no script": Word("Renewed every {seconds} seconds.", "{seconds} 秒ごとに更新."),
    "silent": Word("{host} does not answer", "{host} から応答がありません"),
    "silent since": Word("silent since", "応答なし:"),
    "never heard": Word("it has never answered here", "まだ一度も応答なし"),
    "kept": Word("as it was before", "以前の状態"),
    "exchanging": Word(
        "Phase 6 is under way: the board has logged out of both hosts, and looks in every {seconds} seconds.",
        "phase 6 の実行中です. ボードは両ホストからログアウトし, {seconds} 秒ごとに確認します.",
    ),
    "next": Word("What comes next", "次の作業"),
    "begin": Word("No swap has begun.", "交換は始まっていません."),
    "mend": Word("Mend what failed, then:", "失敗した項目を直してから:"),
    "under way": Word("Phase {phase} is being worked on.", "phase {phase} を作業中です."),
    "plan first": Word("The teams read what would change:", "各チームが変更内容を確認:"),
    "go": Word("Phase {phase}: {title}", "phase {phase}: {title}"),
    "announce": Word("Read `report/announcement.eml`, then:", "`report/announcement.eml` を読んでから:"),
    "finished": Word("The swap is finished; this closes it:", "交換は完了しました. 終了するには:"),
    "refused": Word("The hosts are not believed:", "ホストの状態に矛盾があります:"),
    "look 5": Word(
        "Then `fab phase5`. A person looks at each line that still carries an old name.",
        "その後 `fab phase5`. 古い名前が残る行は人が確認すること.",
    ),
    "look 6": Word(
        "One person types; all others log out of both hosts.", "操作は一人. 他の全員は両ホストからログアウトすること."
    ),
    "look 8": Word("No way back behind this.", "この後は元に戻せません."),
    "work": Word("Who works on what", "作業中"),
    "nobody": Word("Nobody just now.", "作業中の人はいません."),
    "since": Word("since", "開始:"),
    "copy": Word("Copies of data", "データのコピー"),
    "copied": Word("{size} copied, {rate}, {left} left", "{size} コピー済み, {rate}, 残り {left}"),
    "files": Word("{done} of {files} files", "{files} ファイル中 {done} ファイル"),
    "trouble": Word("What failed", "失敗・不明"),
    "no trouble": Word("Nothing.", "ありません."),
    "remedy": Word("Remedy:", "対処:"),
    "outage": Word("Outage, seen from outside", "外から見た停止"),
    "now": Word("Now", "現在"),
    "answers": Word("answers", "応答あり"),
    "away": Word("away", "停止中"),
    "not known": Word("not known yet", "未確認"),
    "from": Word("since", "開始:"),
    "so far": Word("So far", "これまで"),
    "times": Word("{count} times, longest {longest}", "{count} 回, 最長 {longest}"),
    "once": Word("once, {longest}", "1 回, {longest}"),
    "never": Word("never", "なし"),
    "grid": Word("Phases and hosts", "phase とホスト"),
    "exchanged": Word("From here on the names are exchanged.", "ここからはホスト名が入れ替わっています."),
    "machine now": Word("machine {machine}", "マシン {machine}"),
    "was": Word("{host} before the swap", "交換前は {host}"),
    "lines": Word("Journal of the hosts", "ホストの記録"),
    "no lines": Word("Nothing yet.", "まだありません."),
    "event started": Word("started", "開始"),
    "event done": Word("done", "完了"),
    "event nothing": Word("nothing to do", "作業不要"),
    "event failed": Word("failed", "失敗"),
    "event refuted": Word("found otherwise by a check", "確認で不一致"),
    "event unknown": Word("unknown", "不明"),
    "event by hand": Word("by hand", "手作業"),
    "event waived": Word("waived", "省略"),
    "event undone": Word("taken back", "取り消し"),
    "event proved": Word("proved by a check", "確認済み"),
    "event change": Word("change", "変更"),
    "event change undone": Word("change taken back", "変更の取り消し"),
    "event announced": Word("the announcement is sent", "アナウンスを送信"),
    "event closed": Word("the swap is closed", "交換を終了"),
    "read only": Word(
        "This page reads what the hosts remember and changes nothing.",
        "このページはホストの記録を読むだけで, 何も変更しません.",
    ),
}


class Speech(words.Speech):
    """The words of the board, and of the reports."""

    def __call__(self, key: str, **gaps: object) -> str:
        """Return the word for `key`. Raises KeyError for a key that neither table has."""
        word = BOARD.get(key)
        return str(getattr(word, self.lang)).format(**gaps) if word else super().__call__(key, **gaps)


def other(lang: Lang) -> Lang:
    """The language that the page offers a link to."""
    return "en" if lang == "ja" else "ja"
