"""What the source of a file's records is called."""

from __future__ import annotations

from review.model import is_register


def of_file(said: str, stem: str, register: str) -> str:
    """The name of the source of a file's records.

    The flow diagram, the search log and the exports tell registers from databases by this name, so
    that of a register's export always says so.

    Args:
        said: what the person who imports it calls the source, ``""`` for nothing.
        stem: made from the file's name.
        register: the register that the file is an export of, ``""`` for none.
    """
    if not register:
        return said or stem
    if not said:
        return register
    return said if is_register(said) else f"{register} ({said})"
