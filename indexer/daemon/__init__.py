"""The daemon: keeps a library in step with its folders, unattended.

    watched folders → survey → queue → worker processes → parcels → the one writer

What lies on the disk is the truth: a *survey* compares it with the ledger, file events only make
the next survey come sooner. A survey enters *tasks* into the queue (:mod:`tasks` has their states);
*workers* read one book each and may crash, hang or bloat; what they read travels as a *parcel* to
the *session*, which alone writes. Killed at any moment, the next session goes on from ledger and queue.
"""
