"""Why a picture scores as it does: which parts speak for an answer, and whether that map can be trusted."""
