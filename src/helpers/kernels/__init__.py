"""A warm kernel for notebooks: the ordinary ipykernel, started in a process in which the heavy imports are already done.

The kernelspec `evaluation-warm` names the provisioner of this package, so that whoever starts kernels through
jupyter_client gets it by that name: papermill, nbclient, nbval, nbconvert, JupyterLab. One server per user and
environment holds the imports; what it imports is data of the kernelspec. The notebooks themselves name `python3`; their
outputs are the same with both.

- `provisioner`: what jupyter_client calls; where it must, it starts an ordinary kernel, and says so once
- `manager`: managers and clients without fixed waits
- `client`: finds or starts the server, and asks it for a kernel; `kernel`: the kernel as the client holds it
- `address`: which server serves a request, and where it listens
- `wire`: messages with descriptors over a Unix socket
- `server`: listens, hands out kernels, tells their end, ends itself when idle
- `stock`: where the server takes processes from: forked, or started ahead
- `preload`: the imports, and whether the files they came from are still the same
- `child`: from a new process to a running ipykernel, and out again

Hash seeds. A forked process has the hash secret of the process it was forked from, and no one can change it without
breaking every dict and set there is. So a fork is right only where the seed was asked for: with `PYTHONHASHSEED` set to
a number, a server that was started with that very seed forks its kernels in milliseconds. Where it is unset, ordinary
kernels have random seeds of their own, and so have these: the server keeps a stock of processes, each started by itself
with the imports done, and gives each away once. A kernel from the stock starts as quickly, but costs the imports in the
background; whoever starts many at a time sets the seed.

Deliberately absent: debugging (debugpy costs every start 75 ms; the kernelspec says `debugger: false`), systems other than
Linux (fork is not safe with macOS's frameworks and does not exist on Windows), and anything of indicators.
"""
