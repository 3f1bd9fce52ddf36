"""Evaluation of a government plan: targets against actuals, by chapter and year, from a data package.

Layers, each importing only from those below it:

- `cli`: the command `evaluate`; `request`: what it asks for, where batch and analysis are joined
- `batch`, `html`: side by side, runs of notebooks and pages; they know notebooks and files and nothing of indicators
- `kernels`: the warm kernel that `batch` runs notebooks in; it knows neither
- `chapter`: what a notebook holds, one object with a method per table or picture
- `charts`: frames in, Axes out
- `slices`: what one run reads of a data package; `changes`: what differs between two packages
- `evaluate`: completion, pace, status, values of earlier years; `audit`: the report checked against itself
- `words`: figures as a reader of one language expects them; `parameters`: what a notebook was given
- `tables`, `validate`, `catalogue`: the data package; `display`: tables and pictures as HTML;
  `difference`: what differs, as rows
- `interval`, `period`, `text`, `schema`, `look`, `paths`, `errors`: import nothing above them
"""
