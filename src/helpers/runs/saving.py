"""Notebooks without what differs from run to run: as a batch keeps them, and as JupyterLab saves those of the project.

So a notebook that was run again with the same result is the same file. JupyterLab calls `clean_before_save`, which the
configuration `etc/jupyter/jupyter_server_config.d/evaluation.json` of this environment names.
"""

VIEW = "evaluation"  # in the metadata of the project's notebooks


def clean(notebook):
    """The notebook without times, durations, paths and random ids; outputs, sources and counts stay."""
    notebook["metadata"].pop("papermill", None)
    notebook["metadata"].pop("widgets", None)
    notebook["metadata"]["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook["cells"]):
        for name in ("papermill", "execution"):
            cell["metadata"].pop(name, None)
        if not cell["metadata"].get("tags", True):
            del cell["metadata"]["tags"]  # papermill adds empty ones
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = f"injected-{number}"
    return notebook


def clean_before_save(model: dict, **more) -> None:
    """Clean a notebook of the project that is about to be saved; called by Jupyter for every file."""
    content = model.get("content")
    if model.get("type") == "notebook" and isinstance(content, dict) and VIEW in content.get("metadata", {}):
        clean(content)
