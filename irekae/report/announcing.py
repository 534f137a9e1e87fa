"""The announcement (11.1) with the hosts' new fingerprints (11.2): written, and sent only when asked to."""

from collections.abc import Iterator
from pathlib import Path

from irekae.model.errors import SwapError
from irekae.proof.outage.prober import end_watch
from irekae.report import gather
from irekae.site.machines import fingerprint
from irekae.swap.swap import Swap

PATH = Path("report/announcement.eml")
TIMEOUT = 30  # seconds for the mail dialogue


def new_fingerprints(swap: Swap) -> Iterator[str]:
    """A line for each name and key type, as ssh-keygen -l prints it."""
    for name in (entry.name for entry in swap.inventory.pair):
        for key in swap.links[name].machine.keys:
            yield f"{name}: {fingerprint(key)} {key.split()[0]}"


def announce(swap: Swap) -> str:
    """Write the mail; with --send hand it to the new production host. A line that says what was done.

    Raises:
        SwapError: the host did not take the mail.
    """
    if swap.planned:
        return "would write the announcement"
    # Imported here, for it takes long and most commands do without.
    import smtplib

    from irekae.report.announce import announcement

    for line in end_watch(swap):
        swap.production.say(line)
    settings = swap.site.announce
    mail = announcement(gather.acceptance(swap), settings.sender, settings.to, swap.site.site.service_name)
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(bytes(mail))
    if not swap.send:
        return f"the announcement is in {PATH}, not sent: `fab phase11.mail --send` sends it"
    host = swap.inventory.production
    try:
        with smtplib.SMTP(host.address, 25, timeout=TIMEOUT) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise SwapError(
            f"{host.name} did not take the announcement", str(error), f"it is in {PATH}: send it by hand"
        ) from None
    return f"the announcement is sent to {', '.join(settings.to)}; a copy is in {PATH}"
