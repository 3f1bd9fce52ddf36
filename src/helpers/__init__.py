"""Evaluation of a government plan: targets against actuals, by chapter and year, from a data package.

Rooms, each importing only from those below it:

- `cli`: the command `evaluate`; the only place that sees both the runs of notebooks and what the notebooks hold
- `collect`: workbooks for collection, and the import of workbooks and CSV files into a package
- `compare`: what differs between two data packages or two folders of pages; `authoring`: notebooks for a new plan
- `views`: what a notebook holds, one object with a method per table or picture
- `audit`: the report checked against itself; `batch`: runs of notebooks, executed where they are out of date
- `evaluation`: completion, pace, status, values of earlier years; `language`: figures as readers of one language expect them;
  `pages`: executed notebooks as HTML, CSV, workbooks and PDF
- `package`: the data package, checked and in memory; `charts`: frames in, Axes out;
  `runs`: notebooks as files, and their runs
- `numbers`: printed numbers, periods and intervals; `display`: tables and pictures as HTML, and their theme;
  `kernels`: the warm kernel
- `errors`, `paths`, `files`: import nothing above them
"""
