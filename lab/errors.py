"""What the lab says when something is wrong."""


class LabError(Exception):
    """What went wrong, and what to do about it; `status` is the exit status (1 failed, 2 wrong use)."""

    def __init__(self, what: str, hint: str = "", status: int = 1) -> None:
        """`what` happened; `hint` says what to do next."""
        super().__init__(what)
        self.hint = hint
        self.status = status
