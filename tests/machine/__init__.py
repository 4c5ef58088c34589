"""Faults of the machine under the server: what it does, what it says, and that nothing acknowledged is lost.

- `test_full_disk.py`: standard output, the log and every file that a command writes, on a disk without room.
- `test_file_descriptors.py`: none left, at the start and while it serves.
- `test_clock_jumps.py`: the machine's time jumps by an hour, forwards and backwards.
- `test_stopped_early.py`: SIGTERM during a load of 100,000 identities, at the start and in a request.
- `test_changing_fixtures.py`: `--watch`, and files that change while they are read.
- `test_paused.py`: SIGSTOP and SIGCONT.
- `test_memory.py`: too little memory for the fixtures.

`docs/reference/machine-faults.md` says the same to users.
"""
