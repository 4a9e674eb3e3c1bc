"""A library whose tables lie on object storage; see docs/decisions/0009.

What needs a local file system (lock, ledger, queue, log) stays in a *state folder*, which is what the
rest of the write side knows as the library's path. A file in it names the store
(:mod:`indexer.remote.state`); the tables' files are reached through :class:`indexer.remote.paths.TablePath`,
which a local path is too. Of all machines one writes at a time (:mod:`indexer.remote.lease`), and the
ledger travels with the tables (:mod:`indexer.remote.ledgers`).
"""
