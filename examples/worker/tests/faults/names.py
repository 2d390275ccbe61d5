"""Workers that nobody gave names of their own."""


def same_name(bench):
    """Two that share a name, as containers of one host do: neither takes what the other has."""
    with bench.worker(WORKER_NAME="same", QUEUE_LEASE="5s"), bench.worker(WORKER_NAME="same", QUEUE_LEASE="5s"):
        identities = bench.run_some(bench.size(60, 1000), "sleep 0.05")
        bench.client.await_all(identities, 60)
    repeated = bench.client.check_once(identities)
    assert repeated == 0, f"{repeated} executed again"
    return f"{len(identities)} jobs by two workers of one name, one execution each"
