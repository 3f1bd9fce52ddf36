"""The workers of `--scheduler local` obey nobody else on the machine, and nothing can be looked at there."""

import asyncio
import contextlib
import urllib.error
import urllib.request

import psutil
import pytest

from helpers.batch import cluster

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> cluster.Cluster:
    with cluster.open_cluster("local", 1, tmp_path_factory.mktemp("scratch")) as opened:
        assert opened.submit(sum, [1, 2]).result() == 3
        yield opened


def test_nobody_without_its_key_joins_it(local):
    from distributed.comm import connect
    from distributed.security import Security

    async def join(address: str, security: Security) -> None:
        """Connect as a client does; a `Client` for each trial would leave threads that wait for one another."""
        comm = await connect(address, timeout=5, **security.get_connection_args("client"))
        await comm.close()

    address = local._client.scheduler_info()["address"]
    assert address.startswith("tls://127.0.0.1:")
    asyncio.run(join(address, local._client.security))
    for where in (address, address.replace("tls", "tcp", 1)):
        for security in (Security(), Security.temporary()):
            with pytest.raises((OSError, TypeError, RuntimeError)):
                asyncio.run(join(where, security))
    assert local.submit(sum, [1, 2]).result() == 3


def test_it_opens_no_dashboard_and_listens_to_this_machine_alone(local):
    own = psutil.Process()
    listening = []
    for process in (own, *own.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            listening += [link.laddr for link in process.net_connections("inet") if link.status == psutil.CONN_LISTEN]
    assert len(listening) > 1
    assert {address.ip for address in listening} == {"127.0.0.1"}
    for address in listening:
        for path in ("status", "info/main/workers.html", "health", "metrics", "api/v1/get_workers"):
            with pytest.raises((urllib.error.HTTPError, ConnectionError)):
                urllib.request.urlopen(f"http://{address.ip}:{address.port}/{path}", timeout=20)
