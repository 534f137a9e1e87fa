"""Phase 10: check of the backups (バックアップの確認), on the backup host; production remembers the outcome."""

from irekae.model.items import On, check_item

check_item(
    "10.1",
    "scripts",
    "バックアップスクリプトの試行",
    "The backup scripts run with -n",
    on=On.PRODUCTION,
    needs=("backup.scripts",),
)
check_item(
    "10.2", "logs", "バックアップのログ", "Their logs show a normal run", on=On.PRODUCTION, needs=("backup.scripts",)
)
