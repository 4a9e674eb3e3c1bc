"""How well a library answers: queries with known answers, run as a user would, and scored."""

from search.evaluation.metrics import Figures, Outcome, summarise
from search.evaluation.retrieval import RetrievalReport, evaluate_retrieval
from search.evaluation.targets import Targets

__all__ = ["Figures", "Outcome", "RetrievalReport", "Targets", "evaluate_retrieval", "summarise"]
