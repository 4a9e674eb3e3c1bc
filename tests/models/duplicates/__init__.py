"""Pictures that are the same: hashes, closer looks, runs of pages, wording."""
