"""The few classes of ours. Everything else of the look is in ``.streamlit/config.toml``.

Colours are mixed from the text's own, or given for light and dark, so that both modes hold.
Highlights differ by the kind of line under them as well as by colour.  The tables' own download is
hidden: it writes cells that a spreadsheet program runs, which the exports do not.
"""

from __future__ import annotations

import streamlit as st

CSS = """
.rt-paper { max-width: 42rem; line-height: 1.6; overflow-wrap: anywhere; }
.rt-paper h2 { font-size: 1.45rem; line-height: 1.3; font-weight: 600; margin: 0 0 .5rem;
  padding: 0; letter-spacing: -.005em; text-wrap: pretty; }
.rt-paper p { margin: 0 0 .85rem; hyphens: auto; }
.rt-paper .rt-meta, .rt-muted { color: color-mix(in srgb, currentColor 68%, transparent);
  font-size: .92rem; }
.rt-paper .rt-meta { margin-bottom: 1.1rem; }
.rt-paper a, .rt-facts a { color: light-dark(#17607a, #7cc0d8); }
.rt-paper .rt-flag { font-weight: 600; color: light-dark(#a33b3b, #e08f8f); }
.rt-paper details > summary { cursor: pointer; color: light-dark(#17607a, #7cc0d8);
  margin-bottom: .85rem; }
.rt-paper .rt-part { font-weight: 600; }

[data-testid="stElementContainer"]:has(.rt-unseen) { position: absolute; width: 1px; }
.rt-unseen.rt-unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

dialog.rt-keys { border: 1px solid light-dark(#d5dbdf, #38434a); border-radius: 4px;
  padding: 1.2rem 1.5rem; max-width: min(28rem, 90vw); max-height: 85vh; overflow-y: auto;
  background: light-dark(#ffffff, #14191c); color: inherit; font: inherit; }
dialog.rt-keys::backdrop { background: #0006; }
.rt-keys h2 { font-size: 1.1rem; padding: 0; margin: 0 0 .8rem; }
.rt-keys dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.2rem;
  margin: 0 0 1rem; padding: 0; }
.rt-keys :is(dt, dd) { margin: 0; font-size: .95rem; font-weight: 400; }
.rt-keys button { font: inherit; color: inherit; background: none; padding: .25rem .8rem;
  border: 1px solid color-mix(in srgb, currentColor 55%, transparent); border-radius: 4px;
  cursor: pointer; }
.stVegaLiteChart path[tabindex]:focus { outline: none; }
.stVegaLiteChart path[tabindex]:focus-visible { opacity: 1; fill: transparent;
  stroke: light-dark(#17607a, #7cc0d8); stroke-width: 3px; }

mark.rt-mark { color: inherit; background: none; padding: 0 .05em; border-radius: 2px;
  text-decoration-line: underline; text-underline-offset: .2em; text-decoration-thickness: 2px;
  text-decoration-skip-ink: none; }
mark.rt-exposure { background: light-dark(#17607a14, #5fb0cb26);
  text-decoration-style: solid; text-decoration-color: light-dark(#17607a, #5fb0cb); }
mark.rt-search { background: light-dark(#8a6a1f33, #e0ab5a40);
  text-decoration-style: solid; text-decoration-color: light-dark(#8a6a1f, #e0ab5a); }
.rt-fulltext { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
[class*="st-key-full-text-pdf"] { zoom: .9; }
mark.rt-outcome { background: light-dark(#7a4f8c12, #b592c926);
  text-decoration-style: double; text-decoration-color: light-dark(#7a4f8c, #b592c9); }
mark.rt-design {
  text-decoration-style: dashed; text-decoration-color: light-dark(#8a6a1f, #e0ab5a); }
.rt-subjects { font-size: .85rem; color: color-mix(in srgb, currentColor 78%, transparent); }
mark.rt-own-amber { background: light-dark(#b5790026, #e0ab5a26);
  text-decoration-style: dotted; text-decoration-thickness: 3px;
  text-decoration-color: light-dark(#8a5a00, #e8b96a); }
mark.rt-own-green { background: light-dark(#2f7d3220, #7fc98226);
  text-decoration-line: underline overline; text-decoration-thickness: 1.5px;
  text-decoration-style: solid; text-decoration-color: light-dark(#2f7d32, #7fc982); }
mark.rt-own-rose { background: light-dark(#b0307018, #e58ab526);
  text-decoration-line: underline overline; text-decoration-style: dotted;
  text-decoration-color: light-dark(#a02763, #e58ab5); }
mark.rt-own-grey { text-decoration-line: none;
  outline: 1.5px solid light-dark(#5a5f63, #b3b9bd); }
mark.rt-exclude { text-decoration-thickness: 1.5px;
  text-decoration-style: wavy; text-decoration-color: light-dark(#a33b3b, #d98383); }

[data-testid="stCaptionContainer"], button[data-testid] kbd { opacity: 1;
  color: color-mix(in srgb, currentColor 68%, transparent); }
[class*="st-key-rt-arrows-"] button[data-testid] kbd,
  button[data-testid$="primary"] kbd { color: inherit; }
.rt-id { font-size: .85rem; color: color-mix(in srgb, currentColor 68%, transparent);
  font-variant-numeric: tabular-nums; }
.rt-progress { display: flex; justify-content: space-between; gap: 1rem; font-size: .92rem;
  font-variant-numeric: tabular-nums; }
.rt-bar { height: 3px; margin-top: .3rem; border-radius: 2px;
  background: color-mix(in srgb, currentColor 12%, transparent); }
.rt-bar i { display: block; height: 100%; border-radius: 2px;
  background: light-dark(#17607a, #5fb0cb); }

[class*="st-key-rt-coverage"] { margin-left: -.5rem; row-gap: 0; }
[class*="st-key-rt-coverage"] p { font-size: .875rem; }
[class*="st-key-rt-coverage"] > :not(:has(a)) { padding-left: .5rem; }
.st-key-rt-stages a { padding-right: 0; padding-left: 0; }
.st-key-rt-stages p { font-size: .92rem; }
[data-testid="stSidebarHeader"] { height: 2.75rem; margin-bottom: .25rem; }
[data-testid="stSidebarNavItems"] li { margin-block: 0; }
[data-testid="stSidebarNavLink"] { height: 1.6rem; line-height: 1.6rem; margin-block: 0; }
[data-testid="stSidebarNavItems"] > li::before { display: block; margin-top: .55rem;
  font-size: .78rem; font-weight: 600; }
[data-testid="stSidebarUserContent"] { padding-block: .75rem 1.5rem; }
[data-testid="stMain"] a[data-testid="stPageLink-NavLink"] :is(span, p) { white-space: normal;
  overflow: visible; font-weight: 400; }
[data-testid="stMain"] a[data-testid="stPageLink-NavLink"]:not(:hover, :focus-visible) {
  background: none; }
.rt-legend { font-size: .85rem; color: color-mix(in srgb, currentColor 75%, transparent);
  display: flex; flex-wrap: wrap; gap: .2rem 1rem; }
.rt-criteria { line-height: 1.45; }
.rt-criteria h3 { font-size: .85rem; font-weight: 600; margin: 0 0 .3rem; padding: 0; }
.rt-criteria ul { margin: 0 0 .9rem; padding-left: 1rem; }
.rt-criteria .rt-legend + h3 { margin-top: .9rem; }
.rt-criteria p { margin: 0; font-size: .85rem; line-height: 1.45; }
.rt-criteria li { margin: 0 0 .25rem; padding: 0; font-size: .85rem; }

.rt-question { margin: 0; }
.st-key-rt-fields > div { border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  padding: .2rem 0; }
.st-key-rt-fields button { min-height: 1.6rem; }
.st-key-rt-fields button :is(p, span) { color: light-dark(#17607a, #8fcbe0); }
.st-key-rt-fields span { font-size: .92rem; line-height: 1.4; overflow-wrap: anywhere; }
.rt-pair { width: 100%; border-collapse: collapse; table-layout: fixed; line-height: 1.5;
  overflow-wrap: anywhere; }
.rt-pair th, .rt-pair td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0;
  border: 0; border-top: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
.rt-pair th { width: 7rem; font-weight: 400; font-size: .88rem;
  color: color-mix(in srgb, currentColor 68%, transparent); }
.rt-pair thead th { font-weight: 600; border-top: 0; }
.rt-pair thead th + th { width: auto; }
.rt-pair tr.rt-equal td { color: color-mix(in srgb, currentColor 68%, transparent); }
.rt-pair .rt-only { font-weight: 600; text-decoration: underline 2px
  light-dark(#b3741a, #e0ab5a); text-underline-offset: .2em;
  background: light-dark(#d18f2c1f, #e0ab5a2b); border-radius: 2px; }
.rt-pair .rt-missing { color: color-mix(in srgb, currentColor 68%, transparent); }

.rt-table { width: 100%; border-collapse: collapse; line-height: 1.45; font-size: .92rem;
  overflow-wrap: break-word; }
.rt-table :is(th, td):first-child { white-space: normal; overflow-wrap: anywhere; }
[data-testid="stLayoutWrapper"]:has(> .st-key-rt-told) { position: sticky; top: 3.75rem;
  z-index: 6; }
.st-key-rt-told { background: light-dark(#ffffff, #14191c); }
@media (max-width: 640px) {
  .st-key-rt-narrow { gap: .5rem; }
  .st-key-rt-narrow [data-testid="stHorizontalBlock"] { gap: .5rem; }
  .st-key-rt-narrow [data-testid="stColumn"] { min-width: calc(50% - .5rem); flex: 1 1 0; }
  .st-key-rt-reasons { max-height: 27vh; overflow-y: auto; }
  .st-key-rt-ticks { max-height: 5.5rem; overflow-y: auto; }
  .st-key-rt-ticks button kbd { display: none; }
  .rt-table, .rt-grouped { overflow-wrap: anywhere; hyphens: auto; }
  .rt-table.rt-table th { white-space: normal; }
  .rt-table.rt-table :is(th, td), .rt-grouped.rt-grouped :is(th, td) { width: auto;
    padding-right: .6rem; }
}
.rt-nowrap { white-space: nowrap; }
.rt-table th, .rt-table td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0;
  border: 0; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.rt-table th { font-weight: 400; font-size: .85rem; white-space: nowrap;
  color: color-mix(in srgb, currentColor 68%, transparent); }
.rt-step { display: flex; flex-direction: column; line-height: 1.4; }
.rt-fields { width: 100%; border-collapse: collapse; font-size: .9rem; }
.rt-fields caption { text-align: left; font-weight: 600; padding: .5rem 0 .2rem; }
.rt-fields th { text-align: left; font-weight: 400; vertical-align: top; width: 9rem;
  padding: .15rem .75rem .15rem 0; color: color-mix(in srgb, currentColor 68%, transparent); }
.rt-fields td { vertical-align: top; padding: .15rem 0; overflow-wrap: anywhere;
  white-space: pre-line; }
.rt-step .rt-muted { font-size: .85rem; }

dl.rt-facts.rt-facts { padding: 0; margin: 0; }
.rt-facts { display: grid; grid-template-columns: minmax(4.5rem, max-content) 1fr;
  gap: .3rem 1rem; line-height: 1.45; font-size: .92rem; overflow-wrap: anywhere; }
.rt-facts dt { color: color-mix(in srgb, currentColor 68%, transparent); font-weight: 400;
  font-size: .92rem; margin: 0; }
.rt-facts dd { margin: 0; font-size: .92rem; }
.rt-search details > summary { cursor: pointer; color: light-dark(#17607a, #7cc0d8);
  font-size: .92rem; margin: .35rem 0; }
.rt-query { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
  font-size: .85rem; line-height: 1.55; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }

.rt-map-legend { align-items: center; min-height: 1.6rem; }
.rt-map-legend span { display: inline-flex; align-items: center; gap: .4rem; }
.rt-map-legend i { font-style: normal; }
.rt-disc, .rt-ring { display: inline-grid; place-items: center; width: 1.3rem; height: 1.3rem;
  border-radius: 50%; font-size: .72rem; line-height: 1; font-variant-numeric: tabular-nums; }
.rt-disc { background: light-dark(#17607a, #5fb0cb); color: light-dark(#fff, #10171a);
  font-weight: 700; }
.rt-ring { border: 1.6px solid light-dark(#17607a, #5fb0cb); }
.rt-dot { width: .38rem; height: .38rem; border-radius: 50%; border: 1px solid currentColor; }
.rt-cross { font-size: .95rem; line-height: 1; }
[class*="st-key-rt-tested-"] table { table-layout: fixed; width: 100%; overflow-wrap: anywhere; }
.rt-swatch { display: inline-block; width: 1.3rem; height: .7rem;
  border: 1px solid light-dark(#d5dbdf, #38434a); }
[data-testid="stLayoutWrapper"]:has(> .st-key-rt-cell) { position: sticky; bottom: 0; z-index: 5; }
.st-key-rt-cell { max-height: 42vh; overflow-y: auto;
  padding: .9rem 1.1rem 1rem; border: 1px solid light-dark(#d5dbdf, #38434a);
  border-top: 2px solid light-dark(#17607a, #5fb0cb); background: light-dark(#ffffff, #14191c);
  box-shadow: 0 -6px 18px light-dark(#1b232814, #00000066); }

.rt-scale { display: inline-flex; align-items: center; gap: 2px; white-space: nowrap;
  font-variant-numeric: tabular-nums; line-height: 1.6rem; }
.rt-scale b { min-width: 1.9rem; font-weight: 650; }
.rt-scale small { margin-left: .35rem; color: color-mix(in srgb, currentColor 68%, transparent); }
.rt-side { display: block; font-size: .85rem; white-space: nowrap; }
.rt-side b { display: inline-block; min-width: 1.9rem; font-weight: 650; }
.rt-scale em { color: color-mix(in srgb, currentColor 68%, transparent); }
.rt-scale i, .rt-rung { width: .68rem; height: .95rem; border-radius: 1px; box-sizing: border-box; }
.rt-rung { display: inline-block; }
.rt-full { background: light-dark(#17607a, #5fb0cb); }
.rt-open { border: 1.6px solid light-dark(#17607a, #5fb0cb); }
.rt-none { border: 1px solid color-mix(in srgb, currentColor 22%, transparent); }
.rt-levels { display: flex; flex-wrap: wrap; gap: .1rem 1.3rem; margin: 0 0 .4rem;
  font-size: .9rem; }
[class*="st-key-rt-claim-"] {
  border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  padding-top: .45rem; }
[class*="st-key-rt-claim-"] button { text-align: left; justify-content: flex-start;
  min-height: 1.6rem; padding: 0; }
[class*="st-key-rt-claim-"] button p { text-align: left; white-space: normal; }

button:is([data-testid$="tertiary"], [data-testid$="secondary"], [data-testid^="stPopover"]):is(
  :hover, :active, [aria-expanded="true"]) :is(p, span) { color: light-dark(#17607a, #7cc0d8); }
button[data-variant][data-selected="true"] p { color: light-dark(#17607a, #8fcbe0); }
.rt-grouped.rt-votes { overflow-wrap: anywhere; }
.rt-table.rt-wrapped :is(th, td) { white-space: normal; overflow-wrap: anywhere; }
.rt-table.rt-wrapped td:first-child { overflow-wrap: break-word; }
.rt-grouped.rt-votes th { width: 6rem; }
.st-key-rt-values { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); }
.st-key-rt-values button { min-height: 2.1rem; height: 100%; padding: .25rem .6rem; }
.st-key-rt-values button > div, .st-key-rt-values button > div > span { width: 100%;
  justify-content: space-between; }
.st-key-rt-values button p { text-align: left; white-space: normal; line-height: 1.3; }
[class*="st-key-rt-arrows-"] { color: color-mix(in srgb, currentColor 68%, transparent); }
[class*="st-key-rt-arrows-"] button { min-height: 1.5rem; font-size: .85rem; }
[class*="st-key-rt-offer-"] { padding: .15rem 0 .3rem .7rem;
  border-left: 2px solid color-mix(in srgb, currentColor 22%, transparent); }
.st-key-rt-offer-0 { border-left-color: light-dark(#17607a, #5fb0cb); }
[class*="st-key-rt-offer-"] button { min-height: 1.6rem; }
[data-testid="stLayoutWrapper"]:has(> .st-key-rt-code-card) { position: sticky; top: 1rem; }
.st-key-rt-code-card { max-height: calc(100vh - 2rem); overflow-y: auto; }

[class*="st-key-rt-papers-"] a, [class*="st-key-rt-flow-"] a { padding-left: 0;
  min-height: 1.5rem; }
[class*="st-key-rt-papers-"] a :is(span, p) { white-space: normal; overflow: visible;
  line-height: 1.35; }
[class*="st-key-rt-papers-"] [data-testid="stElementContainer"]:has(> .stPageLink) {
  margin-block: 0; }
[class*="st-key-rt-flow-"] p, [class*="st-key-rt-flow-"] li { font-size: .9rem; }

ul.rt-codes { list-style: none; margin: 0; padding: 0; }
.rt-codes li { margin: 0 0 .2rem; line-height: 1.45; }
.rt-offer { line-height: 1.45; }
.rt-offer .rt-muted, .rt-codes .rt-muted { font-size: .87rem; }

.rt-grouped { border-collapse: collapse; width: 100%; max-width: 62rem; line-height: 1.45;
  font-size: .95rem; }
.rt-grouped th, .rt-grouped td { text-align: left; vertical-align: top;
  padding: .35rem 1.2rem .35rem 0; border: 0;
  border-top: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
.rt-grouped th { font-weight: 600; width: 14rem; }

.rt-sign { display: inline-grid; place-items: center; width: 1.5rem; height: 1.5rem;
  border-radius: 50%; font-weight: 700; line-height: 1; }
.rt-signs { overflow-x: auto; }
.rt-share { display: flex; height: 1.5rem; border-radius: 3px; overflow: hidden; }
.rt-share span { overflow: hidden; white-space: nowrap; padding-left: .3rem; font-weight: 600;
  box-sizing: border-box; border-right: 1px solid #ffffff; }
.rt-shares th { width: 40%; white-space: normal; }

[data-testid="stElementToolbarButton"]:has([aria-label^="Download as CSV"]) { display: none; }

[class*="st-key-rt-figures"] { margin-left: -.5rem; }
[class*="st-key-rt-figures"] p { font-size: .875rem; line-height: 1.6; margin: 0; }
[class*="st-key-rt-figures"] > :not(:has(a)) { padding-left: .5rem; margin-top: -.25rem; }
[class*="st-key-rt-figures"] strong { display: block; font-size: 1.6rem; font-weight: 600;
  line-height: 1.2; font-variant-numeric: tabular-nums; }
"""


def apply(more: str = "") -> None:
    """Put the classes on the page, and rules that somebody else worked out; takes no room."""
    st.html(f"<style>{CSS}{more}</style>")
