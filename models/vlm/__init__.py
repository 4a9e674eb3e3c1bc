"""Reading pages with a vision-language model over the OpenAI-compatible chat API.

``settings`` says which server; ``transport`` talks to it within a deadline, ``pacing`` keeps its
limits, ``chat`` speaks the protocol, ``instructions`` say what is wanted; ``repair`` mends the JSON
of the answer, ``page_json`` turns it into records; ``reader`` puts them together.
"""
