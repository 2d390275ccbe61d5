"""Workers that nobody gave names of their own."""

from faults.bench import LONG_LEASE


def same_name(bench):
    """Two that share a name, as containers of one host do: neither takes what the other has."""
    settings = {"WORKER_NAME": "same", **LONG_LEASE}
    with bench.worker(**settings), bench.worker(**settings):
        identities = bench.run_some(bench.size(60, 1000), "sleep 0.05")
        bench.client.await_all(identities, 60)
    repeated = bench.client.check_once(identities)
    assert repeated == 0, f"{repeated} executed again"
    return f"{len(identities)} jobs by two workers of one name, one execution each"
