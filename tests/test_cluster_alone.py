"""The workers of `--scheduler local` obey nobody else on the machine, and nothing can be looked at there."""

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
    from distributed import Client
    from distributed.security import Security

    address = local._client.scheduler_info()["address"]
    assert address.startswith("tls://127.0.0.1:")
    for where in (address, address.replace("tls", "tcp", 1)):
        for options in ({}, {"security": Security.temporary()}):
            with pytest.raises((OSError, TypeError, RuntimeError)):
                Client(where, timeout=5, **options)
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
