"""Notebooks run in processes forked from one in which the heavy imports are already done.

There are two ways in: the papermill engine `fork`, which the batch uses and which needs no sockets, and a warm kernel, the
ordinary ipykernel, for whoever needs a real one.

The kernelspec `evaluation-warm` names the provisioner of this package, so that whoever starts kernels through
jupyter_client gets it by that name: papermill, nbclient, nbval, nbconvert, JupyterLab. One server per user and
environment holds the imports; what it imports is data of the kernelspec. The notebooks themselves name `python3`; their
outputs are the same with both.

- `engine`: what papermill calls; `forked`: executes cells in a forked shell; `shell`: ipykernel's kernel without sockets;
  `channel`: the pipe between the two; `template`: a process in which a shell has begun, for many runs
- `translator`: what papermill calls for the cell that sets parameters; it looks at their names
- `provisioner`: what jupyter_client calls; where it must, it starts an ordinary kernel, and says so once
- `manager`: clients without fixed waits
- `client`: finds or starts the server, and asks it for a process; `kernel`: the kernel as the client holds it
- `address`: which server serves a request, and where it listens
- `wire`: messages with descriptors over a Unix socket
- `server`: listens, forks kernels, tells their end, ends itself when idle
- `preload`: the imports, what is done after them, and whether the files they came from are still the same
- `child`: from a new process to what was asked for, and out again

Hash seeds. A forked process has the hash secret of the process it was forked from, and no one can change it without
breaking every dict and set there is. So a warm kernel has the seed 0 unless `PYTHONHASHSEED` names another: a notebook that
prints a set prints it in the same order every time. Whoever asks for a random seed gets an ordinary kernel.

Deliberately absent: debugging (debugpy costs every start 75 ms; the kernelspec says `debugger: false`), systems other than
Linux (fork is not safe with macOS's frameworks and does not exist on Windows), and anything of indicators.
"""
