"""Who votes on what, as the protocol says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from review.protocol.value_types import Frozen, Text, listed


class AssignmentRule(Frozen):
    """Who votes on which reports, and who settles what they dispute.

    Attributes:
        mode: everyone sees all; shared between ``people``, each report to as many as its stage asks
            for; or by lists that are assigned to people.
        people: whom reports are shared between.
        seed: of the draws by which reports are shared and pilot batches drawn.
        referee: who settles conflicts; "" for anyone who is no party to them.
    """

    mode: Literal["everyone", "shared", "lists"] = "everyone"
    people: Annotated[tuple[Text, ...], BeforeValidator(listed)] = ()
    seed: int = Field(default=1, ge=0)
    referee: str = ""
