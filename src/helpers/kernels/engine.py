"""The papermill engine `fork`: cells run in a process forked from the warm server, without sockets and without waiting.

    papermill --engine fork NOTEBOOK OUTPUT
    papermill.execute_notebook(NOTEBOOK, OUTPUT, engine_name="fork")

Outputs are made by ipykernel's shell and taken up by nbclient, as of a kernel. What a kernel run promises holds: timeouts of
cells, interrupts, the death of the process is told, and what cells started ends with the run. Where no process can be
forked, the kernel itself runs the notebook, and the reason is logged once.

papermill imports this module while it is imported itself, so that what needs more of papermill is imported later.
"""

from papermill.engines import Engine
from papermill.translators import papermill_translators

from helpers.kernels.translator import CheckingTranslator
from helpers.kernels.wire import ServerError

papermill_translators.register("python", CheckingTranslator)


class ForkEngine(Engine):
    """The engine."""

    @classmethod
    def list_clients(cls) -> list[type]:
        """Classes of nbclient's clients, the first of which that can execute a notebook does."""
        from papermill.clientwrap import PapermillNotebookClient

        from helpers.kernels.forked import ForkClient

        return [ForkClient, PapermillNotebookClient]

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name: str, start_timeout: float = 60, execution_timeout: float | None = None,
        from_template: bool = False, **options,
    ):  # fmt: skip
        """Execute a notebook; called by papermill, which documents the arguments (see `papermill.engines.NBClientEngine`).

        from_template: see `forked.ForkClient`
        """
        from papermill.log import logger
        from papermill.utils import remove_args

        from helpers.kernels import provisioner

        given = remove_args(["input_path", "timeout", "startup_timeout"], **options) | {
            "kernel_name": kernel_name, "timeout": execution_timeout or options.get("timeout"),
            "startup_timeout": start_timeout, "log": logger,
        }  # fmt: skip
        *others, last = cls.list_clients()
        for client in others:
            try:
                return client(nb_man, from_template=from_template, **given).execute()
            except ServerError as error:
                provisioner.log_once(error)
        return last(nb_man, **given).execute()
