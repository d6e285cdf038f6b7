"""Who votes on what, as the protocol says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from review.protocol.value_types import Frozen, Text, listed


class AssignmentRule(Frozen):
    """Who votes on which reports, and who settles what they dispute.

    A report that was given to as many people as its stage asks for is theirs. ``mode`` says what
    becomes of one that was not.

    Attributes:
        mode: ``everyone``: it is everybody's; ``shared``: it is drawn for as many of ``people`` as
            its stage asks for, evenly; ``lists``: it is nobody's until somebody is given it.
        people: whom reports are shared between, and who takes part in a pilot batch unless others
            are named.
        seed: of the draws by which reports are shared and pilot batches drawn.
        referee: who settles conflicts; "" for anyone who is no party to them, who does so too where
            the referee has left or is a party.
    """

    mode: Literal["everyone", "shared", "lists"] = "everyone"
    people: Annotated[tuple[Text, ...], BeforeValidator(listed)] = ()
    seed: int = Field(default=1, ge=0)
    referee: str = ""
