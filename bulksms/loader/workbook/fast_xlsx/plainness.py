"""Says that a workbook is not plain. It knows no reason but the one it is given."""


class NotPlain(Exception):
    """The streaming reader cannot be sure of this workbook."""


def require(condition: object, what: str) -> None:
    """Give up unless the condition holds."""
    if not condition:
        raise NotPlain(what)
