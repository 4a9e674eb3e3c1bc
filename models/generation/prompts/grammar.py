"""What English and Italian sentences are made of, as far as prompts are taken apart by it."""

import re

ARTICLES = "the|a|an|his|her|their|its|my|la|il|lo|un|una|le|i|gli"
ARTICLE = re.compile(rf"^(?:{ARTICLES})\s+", re.IGNORECASE)
PREPOSITIONS = (
    "at|in|on|inside|into|onto|under|beneath|near|by|beside|behind|before|outside|through|over|above|across|"
    "along|within|from|past|between|among|around|toward|towards|nel|nella|nello|nei|nelle|al|alla|allo|sul|"
    "sulla|presso|davanti\\s+a|sotto|in\\s+front\\s+of|next\\s+to"
)
PRONOUNS = ("he", "she", "it", "they", "him", "them")
VERB = re.compile(
    r"\s+(?:is|are|was|were|has|have|sits?|go|goes|fly|flies|cry|cries|knock|ran|sat|stood|walk|run|wait|stand|"
    r"look|[a-z]{3,}ing|[a-z]{2,}[a-rt-z]s)\b"
)
WORD = re.compile(r"[\w'’\-]+")


def bare(name: str) -> str:
    """Return a name without its article."""
    return ARTICLE.sub("", name.strip())
