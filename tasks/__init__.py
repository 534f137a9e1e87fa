"""The procedure, to be read beside the manual: one module a phase, one short function an item."""

from tasks import (
    phase_00_prepare,
    phase_01_start,
    phase_02_open_root,
    phase_03_copy,
    phase_04_close_root,
    phase_05_files,
    phase_06_network,
    phase_07_services,
    phase_08_reboot,
    phase_09_checks,
    phase_10_backups,
    phase_11_announce,
)

# One line each, for `fab --list`: English and the manual's own heading.
PHASES = {
    0: "Preparation / 準備",
    1: "Start of the exchange: sessions, processes, services / 入替え開始",
    2: "Allow root login on the standby / 予備サーバの root ログイン許可",
    3: "Copy data to the standby / 本サーバから予備サーバへ各種データをコピー",
    4: "Forbid root login / root ログイン禁止",
    5: "Exchange: configuration files / 設定ファイルの変更",
    6: "Exchange: restart the network / ネットワークの再起動",
    7: "Service settings; the names are exchanged from here on / サービスの設定変更",
    8: "Reboot / OS 再起動",
    9: "Checks after the reboot / 再起動後の動作確認",
    10: "Check of the backups / バックアップの確認",
    11: "Announcement / 完了のアナウンス",
}

__all__ = [
    "PHASES",
    "phase_00_prepare",
    "phase_01_start",
    "phase_02_open_root",
    "phase_03_copy",
    "phase_04_close_root",
    "phase_05_files",
    "phase_06_network",
    "phase_07_services",
    "phase_08_reboot",
    "phase_09_checks",
    "phase_10_backups",
    "phase_11_announce",
]
