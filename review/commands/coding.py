"""Commands of coding by several people: finish forms, compare them, settle what differs."""

from __future__ import annotations

from typing import Annotated

import typer

from review.commands.common import (
    As,
    Db,
    Json,
    actor,
    counted,
    group,
    opened,
    print_json,
    say,
)

coding = group("Coding by several people: finish forms, compare them, settle what differs.")

Reports = Annotated[list[str] | None, typer.Argument(metavar="[REPORT ...]")]


@coding.command("finish")
def finish(reports: Reports = None, db: Db = None, by: As = None, as_json: Json = False) -> None:
    """Finish one's coding forms: of the reports named, or of all that lack nothing."""
    from review.coding import forms

    with opened(db) as ws:
        who = actor(by)
        wanted = reports or forms.ready(ws, who)
        done = [forms.finish(ws, report, who).data.report for report in wanted]
    if as_json:
        print_json({"reviewer": who, "finished": done})
    else:
        say(f"{counted(len(done), 'form')} of {who} finished.")


@coding.command("reopen")
def reopen(report: str, db: Db = None, by: As = None) -> None:
    """Open one's finished form of a report again, as long as nobody has seen it."""
    from review.coding import forms

    with opened(db) as ws:
        forms.reopen(ws, report, actor(by))
    say(f"The form of {report} is open again.")


@coding.command("compare")
def compare(
    report: Annotated[str | None, typer.Argument(metavar="[REPORT]")] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """The reports whose forms disagree, or the forms of one report dimension by dimension."""
    from review.coding import forms

    with opened(db) as ws:
        if report is None:
            waiting, places = forms.to_compare(ws), forms.places(ws)
            if as_json:
                print_json(
                    {
                        "places": {str(place): n for place, n in places.items()},
                        "to_compare": {id_: list(disputed) for id_, disputed in waiting},
                    }
                )
                return
            say("; ".join(f"{n:,} {place}" for place, n in places.items()) + ".")
            for id_, disputed in waiting:
                say(f"{id_}  {', '.join(disputed)}")
            return
        found = forms.comparison(ws, report)
    if as_json:
        print_json(forms.comparison_json(found))
        return
    for row in found.dimensions:
        mark = "differ" if row.disputed else "agree"
        said = "; ".join(
            f"{name}: {', '.join(t.value for t in tags) or '-'}" for name, tags in row.given.items()
        )
        say(f"{row.dimension.id}  {mark}  {said}")


@coding.command("settle")
def settle(
    report: str,
    dimension: str,
    values: Annotated[list[str] | None, typer.Argument(metavar="[VALUE ...]")] = None,
    why: Annotated[str, typer.Option("--why", help="How the consensus was come to.")] = "",
    db: Db = None,
    by: As = None,
) -> None:
    """Write down what counts of a dimension that coders disagree on; no value is an answer too.

    For findings, DIMENSION is findings and each VALUE the event of one that counts.
    """
    from review.coding import forms
    from review.events.double_coding import FINDINGS

    with opened(db) as ws:
        settling = forms.settle_findings if dimension == FINDINGS else None
        if settling:
            settling(ws, report, values or [], actor(by), why)
        else:
            forms.settle(ws, report, dimension, values or [], actor(by), why)
    say(f"Settled: {report}, {dimension}.")
