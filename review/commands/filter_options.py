"""The filters as options of a command: the same ones for every command that counts evidence."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from review.errors import ReviewError

if TYPE_CHECKING:
    from review.gaps.filters import Filters
    from review.workspace import Workspace

    Asked = Callable[[Workspace], Filters]
else:
    Asked = Callable[..., Any]
"""Reads the filters that were typed by the codebook of a review."""

Values = list[str] | None


def _options(
    population: Annotated[
        Values, typer.Option(metavar="ID", help="Only this population or group; may be repeated.")
    ] = None,
    exposure: Annotated[
        Values, typer.Option(metavar="ID", help="Only this exposure or group; may be repeated.")
    ] = None,
    years: Annotated[
        str, typer.Option(metavar="YEARS", help="Published then: 2015-2025, 2015-, -2025 or 2015.")
    ] = "",
    country: Annotated[
        Values,
        typer.Option(metavar="ID", help="Only studies done there, as coded; may be repeated."),
    ] = None,
    risk_of_bias: Annotated[
        Values,
        typer.Option(metavar="RISK", help="low, some, high or 'not appraised'; may be repeated."),
    ] = None,
    direction: Annotated[
        Values,
        typer.Option(
            metavar="WORD",
            help="Only findings that point there: better, worse, no_difference, mixed or "
            "not_stated; may be repeated.",
        ),
    ] = None,
    confirmed_only: Annotated[
        bool, typer.Option("--confirmed-only", help="Leave out what is only suggested.")
    ] = False,
    included_only: Annotated[
        bool, typer.Option("--included-only", help="Only reports included at full text.")
    ] = False,
    without_retracted: Annotated[
        bool, typer.Option("--without-retracted", help="Leave out retracted reports altogether.")
    ] = False,
    beyond_frame: Annotated[
        bool, typer.Option("--beyond-frame", help="Count what lies outside the question as well.")
    ] = False,
    forms: Annotated[
        bool, typer.Option("--forms", help="Count news, abstracts and theses as well.")
    ] = False,
) -> Asked:
    """What was typed, to be checked against the codebook of the review once it is open."""
    from review.gaps import filters

    typed = filters.Filters(
        population=tuple(population or ()),
        exposure=tuple(exposure or ()),
        included_only=included_only,
        beyond_frame=beyond_frame,
        forms=forms,
        risk_of_bias=tuple(risk_of_bias or ()),
        direction=tuple(direction or ()),
        confirmed_only=confirmed_only,
        without_retracted=without_retracted,
    )

    def checked(ws: Workspace) -> filters.Filters:
        try:
            return filters.from_options(
                ws.protocol.codebook, typed, years=years, places=tuple(country or ())
            )
        except ReviewError as error:
            raise typer.BadParameter(str(error)) from error

    return checked


def with_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of filters.

    Args:
        command: takes a keyword argument ``asked``, an `Asked`.
    """
    own, added = inspect.signature(command), inspect.signature(_options)
    hints = get_type_hints(_options, include_extras=True)

    @functools.wraps(command)
    def wrapper(**given: Any) -> Any:
        typed = {name: given.pop(name) for name in added.parameters}
        return command(**given, asked=_options(**typed))

    options = [p.replace(annotation=hints[name]) for name, p in added.parameters.items()]
    own_hints = get_type_hints(command, include_extras=True)
    kept = [
        p.replace(annotation=own_hints[name])
        for name, p in own.parameters.items()
        if name != "asked"
    ]
    at = next((i for i, p in enumerate(kept) if p.name == "db"), len(kept))
    told: Any = wrapper
    ordered = [*kept[:at], *options, *kept[at:]]
    told.__signature__ = own.replace(
        parameters=[p.replace(kind=p.KEYWORD_ONLY) for p in ordered], return_annotation=None
    )
    told.__annotations__ = {
        **{name: hint for name, hint in own_hints.items() if name != "asked"},
        **{name: hints[name] for name in added.parameters},
    }
    return wrapper
