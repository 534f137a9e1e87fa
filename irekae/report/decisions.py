"""What was decided where the manual contradicts itself or falls silent, for the items concerned (0.1 prints it)."""

from collections.abc import Callable

from irekae.model.language import Lang
from irekae.report.words import Word

DECISIONS: dict[str, Word] = {
    "D1": Word(
        "1.4 keeps the name server on the old production host, 9.2 wants it not to run there. Phase 9 is the "
        "acceptance, so it wins: 7.8 turns it off. Until phase 6 it goes on answering.",
        "1.4 は旧本サーバのネームサーバを残し, 9.2 は動いていないことを求める. 検収である phase 9 を優先し, 7.8 で"
        "止める. phase 6 までは応答を続ける.",
    ),
    "D2": Word(
        "Root login is opened on the standby alone, so everything is pushed over that door; production's is never "
        "opened.",
        "root ログインを許可するのは予備サーバだけなので, コピーはすべて本サーバから送る. "
        "本サーバの root ログインは許可しない.",
    ),
    "D3": Word(
        "The manual's text for this heading is missing. Phase 9 needs web and mailboxes: what serves them "
        "starts at boot.",
        "マニュアルのこの見出しには本文がない. phase 9 は Web とメールボックスを求めるので, "
        "それらのサービスを起動時に開始する設定にする.",
    ),
    "D4": Word(
        "`defaultshost` and `ml-crtl` in the manual are typing errors for `defaulthost` and `ml-ctrl`.",
        "マニュアルの `defaultshost`, `ml-crtl` は `defaulthost`, `ml-ctrl` の誤記.",
    ),
    "D5": Word(
        "The manual's two levels of grep miss deeper files: every depth below /etc is searched, and what "
        "[leftovers] trees names besides.",
        "マニュアルの grep は 2 階層までで深いファイルを見落とす. /etc 以下の全階層と "
        "[leftovers] trees の場所を検索する.",
    ),
    "D6": Word(
        "A host that nobody can reach cannot be told to reboot: its own watchdog, armed before 6.1, brings it back.",
        "誰も到達できないホストに再起動は指示できない. 6.1 の前に起動しておく監視プロセスがホスト自身で元に戻す.",
    ),
    "D7": Word(
        "Exchanging twice undoes itself: the new text is always computed from what was there before the first edit.",
        "交換は 2 回行うと元に戻ってしまう. 新しい内容は常に最初の編集前の内容から計算する.",
    ),
}

# Of the decisions, those that are about a part which not every site has.
NEEDS = {"D4": "qmail"}
OF_ITEM: dict[str, tuple[str, ...]] = {
    "1.3": ("D1",),
    "1.4": ("D1",),
    "2.1": ("D2",),
    "3.1": ("D2",),
    "3.2": ("D2",),
    "3.3": ("D2",),
    "3.4": ("D2",),
    "5.1": ("D7",),
    "5.2": ("D5",),
    "5.3": ("D7",),
    "6.2": ("D6",),
    "7.2": ("D4",),
    "7.4": ("D4",),
    "7.7": ("D3",),
    "7.8": ("D1",),
    "9.2": ("D1",),
}


def decisions(number: str, lang: Lang, has: Callable[[str], bool] = lambda _: True) -> tuple[str, ...]:
    """The notes of an item: `D1: …`, in one language; has: whether the site has a part."""
    names = [name for name in OF_ITEM.get(number, ()) if name not in NEEDS or has(NEEDS[name])]
    return tuple(f"{name}: {getattr(DECISIONS[name], lang)}" for name in names)
