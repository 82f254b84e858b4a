"""The other engines, measured by the scripts of their own harness on the same servers in the same run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from benchmarks.options import Options, lock_file
from benchmarks.servers import Servers
from benchmarks.workloads import WORKLOADS

SCRATCH_DATABASE: Final = 7


@dataclass(frozen=True)
class Peer:
    """A script of the harness, the virtual environment that it runs in, and the results that it writes."""

    script: str
    results: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    venv: str | None = None

    def is_set_up(self, peers: Path) -> bool:
        """Whether ``setup.sh`` of the harness made its environment."""
        return self.python(peers).exists()

    def python(self, peers: Path) -> Path:
        """Its interpreter."""
        return peers / (self.venv or self.script) / "venv" / "bin" / "python"


SHORT: Final = (
    Peer("oban", ["oban"]),
    Peer("dbos", ["dbos_inproc_sync", "dbos_queue_async_wc10"], {"DBOS_VARIANT": "inproc_sync,queue_async_wc10"}),
    Peer("celery", ["celery_redis"], {"CELERY_VARIANT": "redis"}),
    Peer("dramatiq", ["dramatiq_fast"], {"DRAMATIQ_VARIANT": "fast"}),
    Peer("huey", ["huey_redis"], {"HUEY_VARIANT": "redis"}),
)
DBOS: Final = "queue_async,queue_sync,queue_async_wc10,queue_sync_wc10,inproc_async,inproc_sync"
LONG: Final = (
    Peer("oban", ["oban"]),
    Peer("dbos", [f"dbos_{variant}" for variant in DBOS.split(",")], {"DBOS_VARIANT": DBOS}),
    Peer("celery", ["celery_redis"], {"CELERY_VARIANT": "redis"}),
    Peer("dramatiq", ["dramatiq_default", "dramatiq_fast"], {"DRAMATIQ_VARIANT": "default,fast"}),
    Peer(
        "dramatiq",
        ["dramatiq_fast_hiredis"],
        {"DRAMATIQ_VARIANT": "fast", "PEER_TAG": "_hiredis"},
        venv="dramatiq_hiredis",
    ),
    Peer("huey", ["huey_redis"], {"HUEY_VARIANT": "redis"}),
    Peer("huey", ["huey_pg"], {"HUEY_VARIANT": "pg"}),
)


def measure_peers(servers: Servers, options: Options) -> dict[str, Any]:
    """What each of those that are set up reaches; nothing without a folder of theirs."""
    if options.peers is None:
        return {}
    found: dict[str, Any] = {}
    for peer in LONG if options.full else SHORT:
        if peer.is_set_up(options.peers):
            found |= measure_peer(peer, options.peers, servers, options)
        else:
            print(f"{peer.script}: not set up in {options.peers}", file=sys.stderr)
    return found


def measure_peer(peer: Peer, peers: Path, servers: Servers, options: Options) -> dict[str, Any]:
    """Run its script, and read what it wrote."""
    for name in peer.results:
        result_of(peers, name).unlink(missing_ok=True)
    environment = {**os.environ, **harness_environment(servers, options), **peer.environment}
    done = subprocess.run(
        [str(peer.python(peers)), f"bench_{peer.script}.py"],
        cwd=peers,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"{peer.script} failed:\n{done.stdout[-2000:]}", file=sys.stderr)
    return {name: read(result_of(peers, name)) for name in peer.results if result_of(peers, name).exists()}


def harness_environment(servers: Servers, options: Options) -> dict[str, str]:
    """How the harness is told where the services are, and how often to measure."""
    place = urlsplit(servers.postgresql)
    redis = urlsplit(servers.redis)
    return {
        "PEER_PG": urlunsplit(("postgresql", place.netloc, "", "", "")),
        "PEER_REDIS": urlunsplit((redis.scheme, redis.netloc, f"/{SCRATCH_DATABASE}", "", "")),
        "PEER_REPS": str(options.repetitions),
        "PEER_SCALE": str(options.scale),
        "PEER_LAT_RUNS": str(options.latencies),
        "PEER_NO_XACT": "1",
        "BENCH_LOCK": str(lock_file()),
    }


def result_of(peers: Path, name: str) -> Path:
    """The file that the script writes."""
    return peers / "results" / f"{name}.json"


def read(path: Path) -> dict[str, Any]:
    """The figures of ours, under our names."""
    raw = json.loads(path.read_text())
    found: dict[str, Any] = {
        "starts_per_s": raw.get("start_only", {}).get("W1", {}).get("start_per_s"),
    }
    for processes in ("1", "2"):
        measured = raw["configs"].get(f"{processes}proc", {})
        found[processes] = {
            workload.name: {
                "steps_per_s": measured[workload.name]["steps_per_s"],
                "latency_p50_ms": measured[workload.name].get("lat_p50_ms"),
                "latency_p95_ms": measured[workload.name].get("lat_p95_ms"),
                "write_transactions_per_task": measured[workload.name]["write_xacts_per_wf"],
            }
            for workload in WORKLOADS
            if workload.name in measured
        }
    return found
